"""Tab 1: the denoising autoencoder (lecture, parts A2 and A5): draw a digit, add noise, watch it being taken off."""

from demos.kit.room import Step, Tab

TAB = Tab(
    key="denoise",
    title="Denoise",
    lead="Draw a digit. Noise is added, and a network that has learned what digits look like takes it off again.",
    start="bench",
    steps=(
        Step("normalise", "How does a drawing become data?", bench=True),
        Step("compare", "What does each denoiser make of the same noise, learned or not?", bench=True),
        Step("grid", "Must the noise in training match the noise in the test?", bench=True),
        Step("again", "What if it is fed its own output, again and again?", bench=True),
        Step("unlike", "What does it see in a picture that is no digit?"),
        Step("figure", "How does the lecture's own figure look?", bench=True),
        Step("micrograph", "What has this to do with electron microscopes?"),
        Step("formulas", "Formulas, code and exercises"),
    ),
)
