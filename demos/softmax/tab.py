"""Tab 4: softmax regression (lecture, part C): from a picture to probabilities, and what they are good for."""

from demos.kit.room import Step, Tab

TAB = Tab(
    key="softmax",
    title="Classify",
    lead="Draw a digit: 784 pixels times 10 × 784 weights become ten logits, and softmax makes them probabilities.",
    start="classify",
    steps=(
        Step("chain", "How do four grey pixels become “cat”, and how does it learn?"),
        Step("logits", "What does softmax do to the logits, and why not take them as they are?"),
        Step("train", "Train it here: what do ten templates look like while they grow?"),
        Step("stability", "When does the formula break, and how is it written so that it never does?"),
        Step("errors", "Where does it go wrong, and which pixels misled it?"),
        Step("decide", "Hard or soft: what are the probabilities good for?"),
        Step("exercises", "Exercises"),
    ),
)
