"""No dependency with a known hole, as far as the data base of PyPI can be asked."""

import importlib.util
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from tests.conftest import ROOT

ADVISORIES = "https://pypi.org/pypi/gradio/6.31.0/json"  # where pip-audit asks, for one package


@pytest.mark.slow
def test_no_dependency_has_a_known_hole():
    if importlib.util.find_spec("pip_audit") is None:
        pytest.skip("pip-audit is not installed")
    try:
        urllib.request.urlopen(ADVISORIES, timeout=10).close()
    except (OSError, urllib.error.HTTPError) as error:
        pytest.skip(f"the data base of known holes cannot be asked: {error}")
    command = [sys.executable, "-m", "pip_audit", "--progress-spinner=off", "-r", "requirements.txt"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500)
    assert told.returncode == 0, told.stdout + told.stderr
