"""Logits by hand (lecture, parts C3 and C4): the view computes it all; here is the code that it stands for."""

from demos.kit import networks
from demos.kit.room import Room
from demos.softmax.classify.handlers import tested
from training import checkpoints
from training.models.softmax import cross_entropy, softmax


def least_squares() -> str:
    """What least squares on one-hot labels does on the real digits, in a sentence from its metrics; or nothing."""
    name = "least-squares-digits"
    test = checkpoints.metrics(name).get("test", {}) if networks.available(name) else {}
    if "share_outside_0_1" not in test:
        return ""
    return (
        f"On the real digits least squares reads {tested(name)} of the test set right, where softmax regression reads "
        f"{tested('softmax-digits')}; {100 * test['share_outside_0_1']:.0f} % of its outputs lie outside [0, 1], from "
        f"{show(test['smallest_output'])} to {show(test['largest_output'])}."
    )


def show(number: float) -> str:
    """Two digits, with a true minus sign."""
    return f"{number:.2f}".replace("-", "−")


ROOM = Room(numbers=lambda: {"least": least_squares()}, code=(softmax, cross_entropy))
