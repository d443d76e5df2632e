import { density, estimates, kl, REPEATS, spread, terms } from "../../demos/vae/gaussian/estimates.js";
import { equal, holds, near } from "../kit/expect.js";

Deno.test("a density has mass 1, mean and variance", () => {
  const step = 0.001, zs = Array.from({ length: 20001 }, (_, i) => -10 + i * step);
  const of = (/** @type {(z: number) => number} */ f) =>
    zs.reduce((sum, z) => sum + step * f(z) * density(z, 1.2, 0.5), 0);
  near(of(() => 1), 1, 1e-6);
  near(of((z) => z), 1.2, 1e-6);
  near(of((z) => (z - 1.2) ** 2), 0.25, 1e-6);
});

Deno.test("the four terms sum to the integral of q log(q / p)", () => {
  const step = 0.0005;
  for (const [mu, logVar] of [[0, 0], [1.2, -1.4], [-2, 1], [0.3, 2]]) {
    const sigma = Math.exp(logVar / 2);
    let integral = 0;
    for (let z = mu - 9 * sigma; z < mu + 9 * sigma; z += step) {
      const q = density(z, mu, sigma);
      integral += step * q * (Math.log(q) - Math.log(density(z, 0, 1)));
    }
    near(kl(mu, logVar), integral, 1e-3, `mu ${mu}, log var ${logVar}`);
  }
  equal(kl(0, 0), 0);
});

Deno.test("on its way from term to term the sum never falls below zero", () => {
  for (let mu = -3; mu <= 3; mu += 0.25) {
    for (let logVar = -5; logVar <= 2; logVar += 0.25) {
      let at = 0;
      for (const [, nats] of terms(mu, logVar)) holds((at += nats) > -1e-9 && at <= 8.5, `${mu} ${logVar}: ${at}`);
    }
  }
});

Deno.test("both estimates are right on average, and scatter as their formulas say", () => {
  for (const [mu, sigma, draws] of [[0, 0.5, 256], [1.2, 0.5, 256], [-3, 1, 256]]) {
    const { through, score, truth } = estimates(mu, sigma, draws), a = mu - 2;
    const mean = (/** @type {Float64Array} */ values) => values.reduce((x, y) => x + y, 0) / REPEATS;
    const exact = [2 * sigma, Math.sqrt(a ** 4 / sigma ** 2 + 14 * a ** 2 + 15 * sigma ** 2)];
    equal(truth, 2 * a);
    [through, score].forEach((values, i) => {
      const error = exact[i] / Math.sqrt(draws * REPEATS);
      near(mean(values), truth, 4 * error);
      near(spread(values), exact[i] / Math.sqrt(draws), 0.15 * exact[i] / Math.sqrt(draws));
    });
  }
});
