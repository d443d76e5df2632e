"""Open this tab alone: `python -m demos.softmax`."""

from demos.kit.page import launch
from demos.softmax import TAB

if __name__ == "__main__":
    launch((TAB,), TAB.title)
