"""Where a decoder does not know what to draw (lecture, part B7): fields over the spaces, as they were measured."""

from demos.kit import questions
from demos.kit.room import Room
from demos.latents import measured, spaces
from training.measures import latent_space


def share(found: dict) -> str:
    """A measured share with its 95 % interval: "22 % (20 to 24)"."""
    low, high = (f"{100 * end:.0f}" for end in found["interval"])
    return f"{100 * found['share']:.0f} % ({low} to {high})"


def points(excess: tuple[float, float, float]) -> str:
    """A difference of shares with its 95 % interval: "3 points (1 to 5)"."""
    apart, low, high = (f"{100 * value:.0f}".replace("-", "−") for value in excess)
    return f"{apart} points ({low} to {high})"


def twins_of(twins: str) -> tuple[str, str] | None:
    """The keys of autoencoder and VAE of a pair of twins; None where they are not measured."""
    keys = {measured.method_of(key.split("/")[0]): key for key in measured.measured_spaces(2, twins)}
    return (keys["ae"], keys["vae"]) if {"ae", "vae"} <= set(keys) else None


LEADS = {
    "none": "So in neither of the two do places between the codes make fewer digits than the codes themselves: by the "
    "judge there are no holes for a KL term to fill",
    "fewer": "So between its codes the VAE has fewer holes than its twin",
    "alike": "So in this pair there is no clear difference in holes",
    "more": "So it is the VAE that has more holes, against what its KL term promises",
}


def pair_in_words(twins: str) -> str:
    """What was measured of one pair, at the codes and between them, and whether the KL term closed holes; or ""."""
    keys = twins_of(twins)
    if not keys:
        return ""
    ae, vae = (measured.numbers()["spaces"][key]["holes"] for key in keys)
    far = measured.compared(
        *((one["between"]["far"]["share"], *one["between"]["far"]["interval"]) for one in (ae, vae))
    )
    back = {1: "the VAE has fewer", 0: "there is no clear difference", -1: "the VAE has more"}[far]
    words = spaces.PAIRS[twins]
    return (
        f"**{words[0].upper()}{words[1:]}.** Of the places between the codes {share(ae['between']['none'])} are no "
        f"digit in the autoencoder, {share(vae['between']['none'])} in the VAE; at the codes of real digits it is "
        f"{share(ae['codes']['none'])} and {share(vae['codes']['none'])} already. What is left for holes is the "
        f"difference: {points(measured.excess(keys[0]))} and {points(measured.excess(keys[1]))}. "
        f"{LEADS[measured.holes_of_twins(*keys)]}. Of places that come back farther off than 95 % of the codes {back}: "
        f"{share(ae['between']['far'])} in the autoencoder, {share(vae['between']['far'])} in the VAE."
    )


def findings() -> dict:
    """What the reveal says of both pairs of twins, and what the judge takes of the real digits."""
    said = [words for twins in spaces.PAIRS if (words := pair_in_words(twins))]
    real = measured.numbers().get("real")
    return {
        "answer": "\n\n".join(said) or "It is not measured yet.",
        "real": f"{100 * real['recognised']:.0f}%" if real else "an unmeasured share",
        "judge": questions.judge_in_words(),
    }


def props() -> dict:
    """The pairs of twins and own networks that can be shown, each with what there is to say of it; and for each pair
    what a prediction is held against (which of the two has holes) and what the reveal says, that pair first."""
    keys = {twins: found for twins in spaces.PAIRS if (found := twins_of(twins))}
    told = {twins: pair_in_words(twins) for twins in keys}
    return {
        "twins": [
            [twins, words, f"{note} {measured.unmeasured([twins], 2)}" if note else ""]
            for twins, words, note in spaces.choices()
        ],
        "truths": {twins: measured.holes_of_twins(*pair) for twins, pair in keys.items()},
        "answers": {twins: "\n\n".join([told[twins], *(told[one] for one in told if one != twins)]) for twins in told},
    }


ROOM = Room(calls=(spaces.atlas, measured.holes), props=props, numbers=findings, code=(latent_space.return_distance,))
