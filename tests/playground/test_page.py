"""The page of the local Discord in a real Chromium, played the way a newcomer plays it, with a bot built on discord.py."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.patience import wait_until

from .live import Discord, box, command, last, needs_chromium, shot

pytestmark = needs_chromium


def test_a_newcomer_is_told_what_to_do(page: Page) -> None:
    expect(page.get_by_role("heading", name="Welcome to #general!")).to_be_visible()
    hint = page.get_by_role("button", name="Type / to see what the bot can do")
    hint.click()
    expect(page.get_by_role("listbox", name="Commands")).to_be_visible()
    expect(page.get_by_role("option").filter(has_text="/topic follow")).to_contain_text(
        "Follow a topic and hear of new papers"
    )


def test_a_command_with_an_option_is_typed_and_answered(page: Page, tmp_path: Path) -> None:
    box(page).press_sequentially("/echo Hello there")
    shot(page, tmp_path, "typed")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("Hello there")
    expect(last(page)).to_contain_text("Nadia Okonkwo used /echo")
    expect(last(page)).to_contain_text("APP")
    expect(box(page)).to_be_focused()


def test_a_required_option_is_asked_for(page: Page) -> None:
    box(page).fill("/echo")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="This option is required. Specify a value.")).to_be_visible()
    expect(page.locator("[data-option=text]")).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Escape")
    expect(box(page)).to_be_focused()


def test_autocomplete_choices_and_numbers(page: Page, tmp_path: Path) -> None:
    box(page).fill("/topic")
    page.keyboard.press("Enter")
    page.keyboard.type("graph")
    expect(page.get_by_role("option", name="Graph Theory")).to_be_visible()
    expect(page.get_by_role("option", name="Diffusion Models")).to_have_count(0)
    shot(page, tmp_path, "autocomplete")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("option").filter(has_text="pace")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("week")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("50")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="20 or less")).to_be_visible()
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("You follow graph neural networks (Weekly, 5 at most).")


def test_a_form_is_checked_and_sent(page: Page, tmp_path: Path) -> None:
    command(page, "form")
    form = page.get_by_role("dialog", name="Follow a topic")
    expect(form.get_by_label("Name")).to_be_focused()
    form.get_by_role("button", name="Submit").click()
    expect(form.get_by_text("This field is required")).to_have_count(2)
    shot(page, tmp_path, "form")
    form.get_by_label("Name").fill("My list")
    form.get_by_role("combobox", name=re.compile("Pace")).press("ArrowDown")
    page.get_by_role("option", name="Weekly").click()
    form.get_by_role("button", name="Submit").click()
    expect(form).to_have_count(0)
    expect(last(page)).to_contain_text("Saved My list, Weekly.")


def test_buttons_and_selects(page: Page, discord: Discord, tmp_path: Path) -> None:
    command(page, "choices")
    message = page.locator("li.message").filter(has=page.locator("[data-custom-id=press]")).last
    message.get_by_role("button", name="Press me").click()
    whisper = last(page)
    expect(whisper).to_contain_text("You pressed it.")
    expect(whisper).to_contain_text("Only you can see this · Dismiss message")
    shot(page, tmp_path, "ephemeral")
    whisper.get_by_role("button", name="Dismiss message").click()
    expect(page.locator("#messages").get_by_text("You pressed it.")).to_have_count(0)
    accept = message.get_by_role("button", name="Accept")
    accept.click()
    expect(accept).not_to_have_attribute("aria-busy", "true")
    people = message.get_by_role("combobox", name=re.compile("Choose people"))
    people.click()
    page.get_by_role("option", name=re.compile("Yuki")).click()
    page.get_by_role("option", name=re.compile("Samir")).click()
    shot(page, tmp_path, "people")
    people.press("Escape")
    expect(last(page)).to_contain_text(re.compile("Chosen: (Yuki Marlow, Samir Velde|Samir Velde, Yuki Marlow)"))
    message.get_by_role("combobox", name=re.compile("colour")).click()
    page.get_by_role("option", name=re.compile("Green")).click()
    expect(message).to_contain_text("The colour is Green.")
    with discord.answers_within(1):
        message.get_by_role("button", name="Break").click()
        expect(message).to_contain_text("This interaction failed")


def test_no_answer_is_said(page: Page, discord: Discord) -> None:
    with discord.answers_within(1):
        command(page, "never")
        expect(last(page)).to_contain_text("The application did not respond")
    expect(last(page)).to_contain_text("used /never")


def test_thinking_becomes_the_answer(page: Page) -> None:
    command(page, "slow")
    expect(last(page)).to_contain_text("is thinking…")
    expect(last(page)).to_contain_text("Thought about it.")
    expect(last(page)).not_to_contain_text("(edited)")


def test_context_menus_of_messages_and_people(page: Page, discord: Discord, tmp_path: Path) -> None:
    general = discord.channel("general")
    discord.post(f"/play/channels/{general}/messages", {"as": discord.person("yuki"), "content": "one two three"})
    written = page.locator("li.message").filter(has_text="one two three").last
    written.click(button="right")
    shot(page, tmp_path, "menu")
    page.get_by_role("menuitem", name="Count words").click()
    expect(last(page)).to_contain_text("3 words")
    page.get_by_role("complementary", name="Members").get_by_role("button", name=re.compile("Yuki")).click()
    page.get_by_role("menuitem", name="Greet").click()
    expect(last(page)).to_contain_text("Hello @Yuki Marlow!")


def test_messages_of_others_arrive_live_and_are_announced(page: Page, discord: Discord) -> None:
    general, papers, yuki = discord.channel("general"), discord.channel("papers"), discord.person("yuki")
    discord.post(f"/play/channels/{general}/messages", {"as": yuki, "content": "A **live** word"})
    expect(last(page).locator("strong").filter(has_text="live")).to_be_visible()
    expect(page.get_by_role("log", name="Announcements")).to_contain_text("Yuki Marlow: A live word")
    discord.post(f"/play/channels/{papers}/messages", {"as": yuki, "content": "Elsewhere"})
    expect(page.get_by_role("link", name="papers unread")).to_be_visible()
    page.get_by_role("link", name="papers unread").click()
    expect(last(page)).to_contain_text("Elsewhere")
    expect(page.get_by_role("link", name="papers", exact=True)).to_have_attribute("aria-current", "page")


def test_pages_are_turned_and_the_ends_are_closed(page: Page) -> None:
    command(page, "papers")
    message = last(page)
    expect(message).to_contain_text("page 1 of 4")
    expect(message.get_by_role("button", name="Back")).to_be_disabled()
    for number in (2, 3, 4):
        message.get_by_role("button", name="Next").click()
        expect(message).to_contain_text(f"page {number} of 4")
    expect(message.get_by_role("button", name="Next")).to_be_disabled()
    message.get_by_role("button", name="Back").click()
    expect(message).to_contain_text("page 3 of 4")


def test_embeds_and_cards(page: Page, tmp_path: Path) -> None:
    command(page, "embed")
    embed = last(page).get_by_role("article", name="Graph neural networks for molecules")
    expect(embed.get_by_role("link", name="Graph neural networks for molecules")).to_have_attribute(
        "rel", re.compile("noopener")
    )
    expect(embed.locator(".embed-field.span-4")).to_have_count(3)
    expect(embed).to_contain_text("May 28, 2026")
    expect(embed.get_by_role("img", name=re.compile("example.org"))).to_be_visible()
    shot(page, tmp_path, "embed")
    command(page, "card")
    expect(last(page).get_by_role("heading", name="Your papers of today")).to_be_visible()
    expect(last(page).get_by_role("link", name="Read")).to_have_attribute("href", "https://example.org/paper")
    expect(last(page).get_by_role("img", name=re.compile("Preview of the first page"))).to_be_visible()
    shot(page, tmp_path, "card")


def test_pictures_files_threads_and_direct_messages(page: Page, tmp_path: Path) -> None:
    command(page, "files")
    expect(last(page).get_by_role("img", name="A plot: papers a day, rising")).to_be_visible()
    expect(last(page).get_by_role("link", name="papers.bib")).to_have_attribute("download", "papers.bib")
    command(page, "gallery")
    expect(last(page).get_by_role("img", name="Picture three")).to_be_visible()
    assert last(page).get_by_role("img", name="Picture one").evaluate("image => image.naturalWidth") == 160
    shot(page, tmp_path, "gallery")
    box(page).press_sequentially("/discuss Sparse attention")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Sparse attention unread")).to_be_visible()
    page.get_by_role("link", name="Sparse attention Open the thread").click()
    expect(last(page)).to_contain_text("What do you think?")
    shot(page, tmp_path, "thread")
    page.get_by_role("link", name="general", exact=True).click()
    command(page, "dm")
    page.get_by_role("link", name="Direct messages, unread").click()
    expect(last(page)).to_contain_text("Here is your digest.")
    expect(page.get_by_role("link", name="Direct messages", exact=True)).to_be_visible()


def test_a_file_is_given_to_a_command(page: Page, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("one two three")
    box(page).fill("/import")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="This option is required")).to_be_visible()
    with page.expect_response("**/play/files"):
        page.locator("[data-option=file]").set_input_files(tmp_path / "mine.txt")
    expect(page.locator("[data-option=file]")).not_to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Run /import").click()
    expect(last(page)).to_contain_text("mine.txt: 3 words")


def test_a_message_is_answered_and_deleted(page: Page, discord: Discord) -> None:
    box(page).fill("The first")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("The first")
    last(page).click(button="right")
    page.get_by_role("menuitem", name="Reply").click()
    expect(page.get_by_text("Replying to Nadia Okonkwo")).to_be_visible()
    expect(box(page)).to_be_focused()
    page.keyboard.type("The answer")
    page.keyboard.press("Enter")
    expect(last(page).locator(".context")).to_contain_text("The first")
    last(page).click(button="right")
    page.get_by_role("menuitem", name="Delete message").click()
    expect(page.locator("#messages").get_by_text("The answer")).to_have_count(0)
    general = discord.channel("general")
    discord.post(f"/play/channels/{general}/typing", {"as": discord.person("yuki")})
    expect(page.get_by_text("Yuki Marlow is typing…")).to_be_visible()


def test_own_messages_are_edited_and_people_react(page: Page, discord: Discord, tmp_path: Path) -> None:
    box(page).fill("Frist")
    page.keyboard.press("Enter")
    mine = last(page)
    expect(mine).to_contain_text("Frist")
    mine.click(button="right")
    page.get_by_role("menuitem", name="Edit message").click()
    expect(page.get_by_text("Editing your message")).to_be_visible()
    expect(box(page)).to_have_value("Frist")
    box(page).fill("First")
    page.keyboard.press("Enter")
    expect(mine).to_contain_text("First (edited)")
    expect(page.get_by_text("Editing your message")).to_be_hidden()
    expect(box(page)).to_have_value("")
    mine.click(button="right")
    page.get_by_role("menuitem", name="Add a reaction").click()
    page.get_by_role("menuitem", name="thumbs up").click()
    thumb = mine.get_by_role("list", name="Reactions").get_by_role("button")
    expect(thumb).to_have_text("👍 1")
    expect(thumb).to_have_attribute("aria-pressed", "true")
    where = f"/play/channels/{discord.channel('general')}/messages/{mine.get_attribute('data-id')}/reactions"
    discord.post(where, {"as": discord.person("yuki"), "emoji": "👍"})
    expect(thumb).to_have_text("👍 2")
    shot(page, tmp_path, "reactions")
    thumb.click()
    expect(thumb).to_have_text("👍 1")
    expect(thumb).to_have_attribute("aria-pressed", "false")


def test_at_completes_a_name(page: Page, tmp_path: Path) -> None:
    box(page).press_sequentially("Look, @yu")
    expect(page.get_by_role("option")).to_have_count(1)
    expect(page.get_by_role("option")).to_contain_text("Yuki Marlow")
    shot(page, tmp_path, "mention")
    page.keyboard.press("Enter")
    page.keyboard.type("here it is")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("Look, @Yuki Marlow here it is")


def test_a_line_stands_above_what_is_new(page: Page, discord: Discord, tmp_path: Path) -> None:
    papers, yuki = discord.channel("papers"), discord.person("yuki")
    page.get_by_role("link", name=re.compile("^papers( unread)?$")).click()
    expect(page.get_by_role("heading", name="papers", exact=True)).to_be_visible()
    held: list[Route] = []
    arrived = False  # what was seen is told to the server after the news has come
    page.route(re.compile("/read$"), lambda told: told.continue_() if arrived else held.append(told))
    box(page).fill("Read so far")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("Read so far")
    wait_until(lambda: page.evaluate("1") and held, "what was seen")
    page.get_by_role("link", name="general", exact=True).click()
    for text in ("News", *(f"More {n}" for n in range(30))):
        discord.post(f"/play/channels/{papers}/messages", {"as": yuki, "content": text})
    arrived = True
    with page.expect_response(re.compile("/play/state")):  # the page hears of it and looks anew
        for told in list(held):
            told.continue_()
    page.get_by_role("link", name="papers unread").click()
    line = page.locator("li.day.new")
    expect(line).to_have_text(re.compile("New$"))
    expect(line).to_be_in_viewport()
    expect(line.locator("+ li.message")).to_contain_text("News")
    shot(page, tmp_path, "new")
    box(page).fill("Thanks")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("Thanks")
    expect(line).to_have_count(0)


def test_news_between_a_press_and_its_release_swallow_no_click(page: Page, discord: Discord) -> None:
    papers, yuki = discord.channel("papers"), discord.person("yuki")
    page.get_by_role("link", name="general", exact=True).click()
    expect(page.get_by_role("heading", name="general", exact=True)).to_be_visible()
    page.get_by_role("link", name=re.compile("^papers( unread)?$")).hover()
    page.mouse.down()
    discord.post(f"/play/channels/{papers}/messages", {"as": yuki, "content": "While you press"})
    expect(page.locator("#live")).to_contain_text("New message in papers")
    page.mouse.up()
    expect(page.get_by_role("heading", name="papers", exact=True)).to_be_visible()
    message = last(page)
    expect(message).to_contain_text("While you press")
    where = f"/play/channels/{papers}/messages/{message.get_attribute('data-id')}/reactions"
    discord.post(where, {"as": yuki, "emoji": "👍"})
    thumb = message.get_by_role("list", name="Reactions").get_by_role("button", name="👍")
    thumb.hover()
    page.mouse.down()
    discord.post(where, {"as": yuki, "emoji": "🎉"})
    page.mouse.up()
    expect(thumb).to_have_attribute("aria-pressed", "true")
    thumb.focus()
    page.keyboard.down(" ")
    discord.post(where, {"as": yuki, "emoji": "👀"})
    page.keyboard.up(" ")
    expect(thumb).to_have_attribute("aria-pressed", "false")
    box(page).fill("Seen")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("Seen")


def test_members_are_grouped_by_their_role(page: Page, tmp_path: Path) -> None:
    members = page.get_by_role("complementary", name="Members")
    expect(members.get_by_role("heading")).to_have_text(["Moderators — 2", "Readers — 2", "Online — 1"])
    expect(members.get_by_role("list", name="Moderators")).to_contain_text("Tomasz Wren")
    expect(members.get_by_role("button", name=re.compile("Yuki")).locator(".name")).to_have_css(
        "color", "rgb(46, 204, 113)"
    )
    shot(page, tmp_path, "members")


def test_the_clock_moves_and_times_follow(page: Page) -> None:
    box(page).fill("At this time")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Behind the scenes", exact=True).click()
    page.get_by_role("tab", name="Clock").click()
    page.get_by_role("button", name="+1 day").click()
    expect(page.locator("li.message.first").last).to_contain_text("Yesterday")
    page.get_by_role("button", name="Skip to tomorrow 08:05").click()
    expect(page.locator(".clock-face")).to_contain_text("8:05")


def test_the_text_of_a_paper_runs_nothing(page: Page, tmp_path: Path) -> None:
    command(page, "hostile")
    message = last(page)
    expect(message.locator(".content")).to_contain_text("<img src=x onerror=")
    expect(message.locator(".embed-title")).to_contain_text("<script>")
    assert message.locator("script, img, [onerror], a[href^='javascript']").count() == 0
    assert page.evaluate("document.body.dataset.pwned") is None
    shot(page, tmp_path, "hostile")


def test_the_keyboard_reaches_everything(page: Page) -> None:
    """From the message box to a message, its menu, its buttons, a channel and back, without a mouse."""
    command(page, "papers")
    expect(last(page)).to_contain_text("page 1 of 4")
    page.keyboard.press("ArrowUp")
    expect(last(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(last(page).get_by_role("button", name="Next")).to_be_focused()
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("page 2 of 4")
    expect(last(page).get_by_role("button", name="Next")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    more = last(page).get_by_role("button", name="More")
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Count words")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Reply")).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    page.get_by_role("navigation", name="Channels").get_by_role("link", name="general").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="reading-group", exact=True)).to_be_visible()


def test_somebody_else_and_another_language(page: Page, discord: Discord) -> None:
    everybody: dict[str, object] = {"as": discord.person("yuki"), "content": "Everybody sees this."}
    discord.post(f"/play/channels/{discord.channel('general')}/messages", everybody)
    command(page, "secret")
    expect(last(page)).to_contain_text("Nobody else sees this.")
    page.get_by_role("button", name=re.compile("You are Nadia")).click()
    page.get_by_role("dialog", name="Who you are").get_by_role("button", name=re.compile("Yuki")).click()
    expect(page.get_by_role("button", name=re.compile("You are Yuki Marlow"))).to_be_visible()
    expect(page.locator("li.message").first).to_be_visible()
    expect(page.locator("#messages").get_by_text("Nobody else sees this.")).to_have_count(0)
    page.get_by_role("button", name=re.compile("You are Yuki")).click()
    page.get_by_role("combobox", name="Language", exact=True).select_option("de")
    wait_until(
        lambda: discord.get(f"/play/state?as={discord.person('yuki')}")["me"].get("locale") == "de", "the language"
    )
    page.reload()
    expect(page.get_by_role("button", name=re.compile("You are Yuki Marlow"))).to_be_visible()


def test_an_answer_about_the_person_before_comes_too_late(page: Page, discord: Discord) -> None:
    """The page asks for Nadia's state, becomes Yuki, and hears of Nadia first."""
    command(page, "secret")
    expect(last(page)).to_contain_text("Nobody else sees this.")
    held: list[Route] = []
    page.route(re.compile("/play/state"), lambda question: held.append(question))
    page.evaluate("import('/page/state.js').then((state) => state.emit('stale'))")
    wait_until(lambda: page.evaluate("1") and held, "the question about Nadia")
    page.get_by_role("button", name=re.compile("You are Nadia")).click()
    page.get_by_role("dialog", name="Who you are").get_by_role("button", name=re.compile("Yuki")).click()
    about = f"as={discord.person('yuki')}"
    wait_until(lambda: page.evaluate("1") and about in held[-1].request.url, "the question about Yuki")
    for question in list(held):
        with page.expect_response(question.request.url):
            question.continue_()
    expect(page.get_by_role("button", name=re.compile("You are Yuki Marlow"))).to_be_visible()
    expect(page.locator("li.message").first).to_be_visible()
    expect(page.locator("#messages").get_by_text("Nobody else sees this.")).to_have_count(0)


def test_somebody_outside_has_no_server(page: Page) -> None:
    page.get_by_role("button", name=re.compile("You are Nadia")).click()
    page.get_by_role("dialog", name="Who you are").get_by_role("button", name=re.compile("Lena")).click()
    expect(page.get_by_role("heading", name="You share no server with a bot")).to_be_visible()


def test_it_fits_a_phone(page: Page, tmp_path: Path) -> None:
    page.set_viewport_size({"width": 375, "height": 720})
    for name, words in (
        ("hostile", "Title"),
        ("embed", "Authors"),
        ("files", "papers.bib"),
        ("card", "Your papers of today"),
    ):
        command(page, name)
        expect(last(page)).to_contain_text(words)
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert (
        page.evaluate(
            "document.querySelector('#scroller').scrollWidth - document.querySelector('#scroller').clientWidth"
        )
        <= 0
    )
    shot(page, tmp_path, "phone")
    page.get_by_role("button", name="Servers and channels").click()
    papers = page.get_by_role("navigation", name="Channels").get_by_role("link", name="papers")
    expect(papers).to_be_in_viewport()
    shot(page, tmp_path, "drawer")
    papers.click()
    expect(page.get_by_role("heading", name="papers", exact=True)).to_be_visible()
    expect(papers).not_to_be_in_viewport()
    page.get_by_role("button", name="Members").click()
    expect(page.get_by_role("complementary", name="Members")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Members")).to_be_focused()


def test_behind_the_scenes(page: Page, tmp_path: Path) -> None:
    command(page, "echo")
    page.keyboard.type("look")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("look")
    page.get_by_role("button", name="Behind the scenes", exact=True).click()
    panel = page.get_by_role("complementary", name="Behind the scenes")
    expect(panel.get_by_label("Message as JSON")).to_contain_text('"content": "look"')
    panel.get_by_role("tab", name="Interactions").click()
    expect(panel.get_by_role("tabpanel")).to_contain_text(re.compile(r"Acknowledged after \d+ ms"))
    shot(page, tmp_path, "interactions")
    panel.get_by_role("tab", name="Requests").click()
    expect(panel.get_by_role("tabpanel")).to_contain_text("/callback")
    panel.get_by_role("tab", name="Faults").click()
    panel.get_by_role("button", name=re.compile("Rate limited")).click()
    expect(panel.get_by_label("Faults now")).to_contain_text("rate_limit")
    shot(page, tmp_path, "faults")
    panel.get_by_role("button", name="All faults off").click()
    expect(panel.get_by_label("Faults now")).to_contain_text("Everything works")
    panel.get_by_role("tab", name="Clock").click()
    shot(page, tmp_path, "clock")


def test_a_restart_of_bot_and_server_needs_no_reload(page: Page, discord: Discord) -> None:
    page.evaluate("window.notReloaded = true")
    command(page, "papers")
    message = last(page)
    expect(message).to_contain_text("page 1 of 4")
    bot = page.get_by_role("complementary", name="Members").get_by_role("button", name=re.compile("APP"))
    discord.stop_bot()
    expect(bot).to_contain_text("offline")
    discord.start_bot()
    expect(bot).not_to_contain_text("offline")
    message.get_by_role("button", name="Next").click()
    expect(message).to_contain_text("page 2 of 4")
    discord.stop_server()
    expect(page.get_by_text("The local Discord does not answer")).to_be_visible()
    discord.start_server()
    expect(page.get_by_text("The local Discord does not answer")).to_be_hidden()
    discord.stop_bot()
    discord.start_bot()
    general = discord.channel("general")
    discord.post(f"/play/channels/{general}/messages", {"as": discord.person("yuki"), "content": "after the restart"})
    expect(last(page)).to_contain_text("after the restart")
    assert page.evaluate("window.notReloaded") is True


def test_a_long_channel_is_read_to_its_beginning_and_back(page: Page, discord: Discord) -> None:
    """More than one page is fetched while scrolling up, and never more than some hundred messages are drawn."""
    channel, yuki = discord.channel("reading-group"), discord.person("yuki")
    for number in range(330):
        discord.post(f"/play/channels/{channel}/messages", {"as": yuki, "content": f"Line {number}"})
    page.get_by_role("link", name="reading-group").click()
    expect(last(page)).to_contain_text("Line 329")
    assert page.locator("li.message").count() <= 60
    scroller, first = page.locator("#scroller"), page.locator("li.message").first

    def up() -> bool:
        scroller.evaluate("element => element.scrollTop = 0")
        return first.is_visible() and first.locator(".content").inner_text() == "Line 0"

    wait_until(up, "the first message")
    expect(page.get_by_text("This is the start of the #reading-group channel.")).to_be_visible()
    assert page.locator("li.message").count() <= 250
    expect(page.get_by_text("Line 329", exact=True)).to_have_count(0)
    discord.post(f"/play/channels/{channel}/messages", {"as": yuki, "content": "Meanwhile"})
    expect(page.get_by_text("Line 0", exact=True)).to_be_in_viewport()
    page.get_by_role("button", name="Jump to the newest message").click()
    expect(last(page)).to_contain_text("Meanwhile")
    expect(last(page)).to_be_in_viewport()


@pytest.mark.parametrize("width", [1360, 375])
def test_axe_finds_nothing(page: Page, width: int) -> None:
    page.get_by_role(
        "link", name="papers", exact=True
    ).click()  # all is in it and little else: the audit's work grows with the page
    page.set_viewport_size({"width": width, "height": 860})
    for name in ("embed", "card", "choices", "secret"):
        command(page, name)
        expect(last(page)).to_contain_text(f"/{name}")
    page.evaluate(resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))

    def violations() -> list[str]:
        found = page.evaluate("axe.run()")["violations"]
        return [f"{v['id']}: {node['html']} {node['failureSummary']}" for v in found for node in v["nodes"]]

    assert violations() == []
    box(page).fill("/")
    expect(page.get_by_role("listbox", name="Commands")).to_be_visible()
    assert violations() == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Behind the scenes", exact=True).click()
    for tab in ("Interactions", "Requests", "Faults", "Clock"):
        page.get_by_role("tab", name=tab).click()
        assert violations() == []
    page.keyboard.press("Escape")
    command(page, "form")
    expect(page.get_by_role("dialog", name="Follow a topic")).to_be_visible()
    assert violations() == []
