// "Play" and "Pause": one button that moves a view from frame to frame.
import { button } from "./elements.js";

/**
 * A button that begins to play with `begin`, then calls `step` every `every` milliseconds: until it returns false, the
 * button is pressed again, or `signal` ends.
 * @param {{ signal: AbortSignal, every: number, begin?: () => void, step: () => boolean }} options
 */
export function player({ signal, every, begin, step }) {
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  };
  const play = button("Play", () => {
    if (timer) return stop();
    play.textContent = "Pause";
    begin?.();
    timer = setInterval(() => {
      if (!step()) stop();
    }, every);
  }, { kind: "main" });
  signal.addEventListener("abort", stop);
  return play;
}
