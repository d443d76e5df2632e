"""Tab 3: autoencoder against VAE, latent space by latent space (lecture, part B7): shown, not told."""

from demos.kit.room import Step, Tab

TAB = Tab(
    key="latents",
    title="AE vs VAE",
    lead="Each dot is a test digit squeezed into two numbers. Point at one: where do the others keep it?",
    start="maps",
    steps=(
        Step("bottleneck", "What does the bottleneck keep of your digit?"),
        Step("holes", "Where does a decoder not know what to draw?"),
        Step("samples", "Can each of them make new digits?"),
        Step("disturb", "What if the code is disturbed?"),
        Step("widths", "What do more numbers in the code buy?"),
        Step("probes", "Are the codes useful for anything else?"),
        Step("history", "How do the maps come to be?"),
        Step("summary", "So: autoencoder or VAE?"),
    ),
)
