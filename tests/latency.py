"""How long from a visitor's move to new pixels, for every live instrument, in a real browser.

    python -m tests.latency [--json] [--url URL]

Starts the app (or takes the one at URL), opens each instrument in Chromium, moves its pointer or slider again and again
and times in the page, by its own clock, from the input event to the first change of the pixels (or numbers) that answer
it. Prints name, count, p50, p95 and the goal, in milliseconds; `--json` prints only the list. A benchmark: nothing
is asserted, because a busy machine is no defect.
"""

import argparse
import json
import statistics
import sys
import time
from dataclasses import asdict, dataclass

from tests.conftest import CHROMIUM, FLAGS, start_app
from tests.instruments import INSTRUMENTS, Live

BUDGET = 45.0  # seconds for all instruments together
MOVES = 40  # moves of each instrument, if the budget allows

# In the page: watch(output) remembers what the output looks like; moved() is called with each input event;
# the loop looks at the output between tasks, much more often than frames are drawn, and notes the first change.
WATCHER = """
(output) => {
  const look = () => {
    if (output instanceof HTMLCanvasElement) {
      const scale = Math.min(1, 64 / Math.max(output.width, output.height));
      const small = window.__small || (window.__small = document.createElement("canvas"));
      small.width = Math.max(1, Math.round(output.width * scale));
      small.height = Math.max(1, Math.round(output.height * scale));
      const context = small.getContext("2d", { willReadFrequently: true });
      context.drawImage(output, 0, 0, small.width, small.height);
      let hash = 0;
      for (const value of context.getImageData(0, 0, small.width, small.height).data) hash = (31 * hash + value) | 0;
      return hash;
    }
    return output.textContent;
  };
  window.__latency = { look, last: look(), start: null, done: null };
  window.__move = () => new Promise((resolve) => {
    const state = window.__latency, limit = performance.now() + 1000;
    state.last = look();
    const begin = () => { if (state.start === null) state.start = performance.now(); };
    state.start = null;
    for (const kind of ["pointermove", "pointerdown", "keydown"])
      window.addEventListener(kind, begin, { capture: true, once: true });
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      const now = performance.now();
      if (state.start !== null && look() !== state.last) resolve(performance.now() - state.start);
      else if (now > limit) resolve(null);
      else channel.port2.postMessage(0);
    };
    channel.port2.postMessage(0);
  });
}
"""


@dataclass
class Result:
    """One instrument's distribution, in milliseconds from input to pixels."""

    name: str
    count: int
    p50: float | None
    p95: float | None
    goal: float


def measure(page, url: str, instrument: Live, seconds: float) -> Result:
    """Open the instrument and move it until MOVES answers are timed or `seconds` are over."""
    source = instrument.open(page, url)
    output = page.locator(instrument.output).first
    output.wait_for(state="attached", timeout=10_000)
    output.evaluate(WATCHER)
    times, end = [], time.monotonic() + seconds
    for turn in range(MOVES + 5):
        page.evaluate("() => { window.__answer = window.__move(); }")
        instrument.move(page, source, turn)
        took = page.evaluate("() => window.__answer")
        if took is not None and turn >= 5:  # the first moves warm up the path
            times.append(took)
        if time.monotonic() > end:
            break
    instrument.leave(page)
    times.sort()
    p50 = round(statistics.median(times), 1) if times else None
    p95 = round(times[min(len(times) - 1, int(0.95 * len(times)))], 1) if times else None
    return Result(instrument.name, len(times), p50, p95, instrument.goal)


def main(argv: list[str] | None = None) -> int:
    """Measure every instrument and print the table."""
    from playwright.sync_api import Error as PlaywrightError
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print only a list of {name, count, p50, p95, goal}")
    parser.add_argument("--url", help="the address of a running app (default: start one)")
    options = parser.parse_args(argv)
    process, url = (None, options.url) if options.url else start_app()
    results = []
    try:
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = chromium.new_page(viewport={"width": 1280, "height": 720})
            end = time.monotonic() + BUDGET
            for index, instrument in enumerate(INSTRUMENTS):
                share = (end - time.monotonic()) / (len(INSTRUMENTS) - index)
                try:
                    results.append(measure(page, url, instrument, share))
                except PlaywrightError as error:  # one instrument that does not open must not hide the others
                    print(f"{instrument.name}: {str(error).splitlines()[0]}", file=sys.stderr)
                    results.append(Result(instrument.name, 0, None, None, instrument.goal))
            chromium.close()
    finally:
        if process:
            process.terminate()
            process.wait(20)
    if options.json:
        print(json.dumps([asdict(result) for result in results]))
    else:
        print(f"{'instrument':44} {'count':>5} {'p50':>7} {'p95':>7} {'goal':>6}")
        for r in results:
            print(f"{r.name:44} {r.count:5} {r.p50 if r.p50 is not None else '-':>7} {r.p95 or '-':>7} {r.goal:6g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
