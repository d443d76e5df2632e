"""Tab 2: the variational autoencoder (lecture, part B): one picture's code, samples, walks, the beta ladder."""

from demos.kit.room import Step, Tab

TAB = Tab(
    key="vae",
    title="Sample",
    lead="A drawing becomes a cloud of codes, and every code becomes a picture. Draw, then move over the map.",
    start="map",
    steps=(
        Step("samples", "What is the prior for? Sample it"),
        Step("film", "Does a walk between two codes stay among digits?"),
        Step("ledger", "What does one picture cost, and where? The ELBO's ledger"),
        Step("ladder", "What does β trade? Climb the ladder"),
        Step("strips", "What does each dimension of the code mean?"),
        Step("equations", "Can one calculate with digits?"),
        Step("gaussian", "One dimension by hand: why z = μ + σ ε?"),
    ),
)
