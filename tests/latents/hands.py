"""What the browser tests of this tab share: read pictures, wait for a change, use keys, read what the link carries."""

from collections.abc import Callable

from tests.frame import READY, stands, visit

TAB = "latents"

# every field of a room, as its link writes it
WRITTEN = """
async (room) => {
  const rooms = await document.querySelector(".page").rooms.all();
  const { store } = rooms.find(({ tab, name }) => tab.key === "latents" && name === room);
  return Object.fromEntries(Object.entries(store.fields).map(([name, it]) => [name, it.write(store.values[name])]));
}
"""


def open_room(page, app_url: str, room: str, **fields: str) -> None:
    """Open a room of this tab by its link, with its fields under their own names, and wait until it stands."""
    prefix = TAB if room == "maps" else room
    visit(page, app_url, TAB, room, **{f"{prefix}_{name}": value for name, value in fields.items()})


def canvas(room: str, kind: str = "canvas") -> str:
    """The pictures of a room, as a selector."""
    return f".latents-{room} {kind}"


def pixels(page, selector: str, nth: int = 0) -> str:
    """The pixels of a picture, as a data URL."""
    return page.locator(selector).nth(nth).evaluate("canvas => canvas.toDataURL()")


def is_painted(page, selector: str) -> bool:
    """Some pixel of the first such picture is there and is not like the others."""
    return page.locator(selector).first.evaluate(
        "c => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size > 1"
    )


def changes(page, selector: str, act: Callable[[], object], nth: int = 0) -> str:
    """Do something, wait until the picture shows something else, and return its pixels."""
    before = pixels(page, selector, nth)
    act()
    page.wait_for_function(
        "([selector, nth, before]) => document.querySelectorAll(selector)[nth]?.toDataURL() !== before",
        arg=[selector, nth, before], timeout=READY,
    )  # fmt: skip
    return pixels(page, selector, nth)


def text_changes(page, selector: str, act: Callable[[], object]) -> str:
    """Do something, wait until the text of the first such element is another, and return it."""
    before = page.locator(selector).first.text_content()
    act()
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector)?.textContent !== before",
        arg=[selector, before], timeout=READY,
    )  # fmt: skip
    return page.locator(selector).first.text_content()


def choose(page, room: str, field: str, value: str) -> Callable[[], object]:
    """The act of choosing `value` in the list of a field."""
    return lambda: page.locator(f'.latents-{room} [data-field="{field}"] select').select_option(value)


def keys(page, selector: str, *pressed: str) -> Callable[[], None]:
    """The act of pressing keys on the first such element."""

    def act() -> None:
        page.locator(selector).first.focus()
        for key in pressed:
            page.keyboard.press(key)

    return act


def in_link(page, words: str) -> None:
    """Wait until the address holds these words."""
    page.wait_for_function("words => location.search.includes(words)", arg=words, timeout=READY)


def carries(page, app_url: str, room: str, **fields: str) -> None:
    """The link sets every field of the room, none is forgotten; and the same pixels come back with a reload."""
    open_room(page, app_url, room, **fields)
    assert page.evaluate(WRITTEN, room) == fields
    shown = canvas(room)
    before = page.locator(shown).evaluate_all("list => list.map((canvas) => canvas.toDataURL())")
    page.reload()
    stands(page, TAB, room)
    assert page.evaluate(WRITTEN, room) == fields
    assert page.locator(shown).evaluate_all("list => list.map((canvas) => canvas.toDataURL())") == before
