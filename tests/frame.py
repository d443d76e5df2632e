"""The frame of the page as tests use it: open a place, wait until it stands, read and change the state of its rooms."""

import importlib

import pytest

TABS = ("denoise", "vae", "latents", "softmax")
TAB = {key: importlib.import_module(f"demos.{key}.tab").TAB for key in TABS}
PLACES = [(key, room) for key in TABS for room in TAB[key].rooms]  # (tab, room) of the whole page, start and steps
_SLOW = pytest.mark.slow
# what holds alike on every tab, or at every place: on one tab, at the starts by default; everywhere with `-m slow`
EACH_TAB = [pytest.param(tab, marks=() if tab == "vae" else _SLOW) for tab in TABS]
EACH_PLACE = [pytest.param(tab, room, marks=() if room == TAB[tab].start else _SLOW) for tab, room in PLACES]
READY = 30_000  # milliseconds within which a place stands, on a busy machine too

# nothing is asked any more, and nothing has changed for some frames: pictures can be compared
QUIET = """
() => new Promise((resolve) => {
  let calm = 0;
  const look = () => {
    const asked = Number(document.documentElement.dataset.busy || 0) || document.querySelector(".step[aria-busy]");
    calm = asked ? 0 : calm + 1;
    if (calm > 25) resolve(true); else requestAnimationFrame(look);
  };
  look();
})
"""


def query(tab: str, room: str, **fields: str) -> str:
    """The query of a place: the start of a tab has no step."""
    step = "" if room == TAB[tab].start else f"&step={room}"
    return f"?tab={tab}{step}" + "".join(f"&{name}={value}" for name, value in fields.items())


def stands(page, tab: str, room: str) -> None:
    """Wait until a room is open and has all its answers."""
    page.wait_for_selector(f'[data-step="{tab}/{room}"]:not([aria-busy])', timeout=READY)
    page.evaluate(QUIET)


def visit(page, app_url: str, tab: str, room: str, **fields: str) -> None:
    """Open a place by its link, and wait until it stands."""
    page.goto(f"{app_url}/{query(tab, room, **fields)}")
    stands(page, tab, room)


def step(page, number: int) -> None:
    """Press a step on the rail; 0 is the start."""
    page.locator(".rail button").nth(number).click()
