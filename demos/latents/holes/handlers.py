"""Where a decoder does not know what to draw (lecture, part B7): fields over the spaces, as they were measured."""

from demos.kit.room import Room
from demos.latents import measured, spaces
from training.measures import latent_space


def share(value: float) -> str:
    """0.218 -> "22 %"."""
    return f"{100 * value:.0f} %"


def findings() -> dict:
    """What the reveal says of autoencoder and VAE, from the measured fields; a word where there are none."""
    found = {measured.method_of(key.split("/")[0]): measured.against_codes(key) for key in measured.measured_spaces(2)}
    if "ae" not in found or "vae" not in found:
        return {"answer": "It is not measured yet.", "lead": ""}
    ae, vae = found["ae"], found["vae"]
    gap = ae["between"]["far"] - vae["between"]["far"]
    noise = 2 * (0.25 / ae["cells"] + 0.25 / vae["cells"]) ** 0.5  # two standard errors at most: cells are no sample
    if abs(gap) <= noise:
        lead = "So the KL term has not filled what lies between the codes of this pair: there is no clear difference."
    elif gap > 0:
        lead = "So the KL term has closed some of what lies between the codes of this pair."
    else:
        lead = "So here it is the VAE that has more of them, against what its KL term promises."
    return {
        "answer": f"Of the places between the codes {share(ae['between']['far'])} (autoencoder) and "
        f"{share(vae['between']['far'])} (VAE) come back farther off than 95 % of the codes do; and no digit to the "
        f"judge are {share(ae['between']['none'])} and {share(vae['between']['none'])} of them, but at the codes "
        f"themselves it is {share(ae['codes']['none'])} and {share(vae['codes']['none'])} already.",
        "lead": lead,
    }


ROOM = Room(calls=(spaces.atlas, measured.holes), numbers=findings, code=(latent_space.return_distance,))
