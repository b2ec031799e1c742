"""The page's forums, and the rarer parts of forms and selects, in a real Chromium with the example bot."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .live import Discord, box, command, last, needs_chromium, shot

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def forum(discord: Discord) -> Any:
    guild = discord.get("/play/state")["guilds"][0]["id"]
    tags = ["Paper", "Question", "Idea"]
    return discord.post(f"/play/guilds/{guild}/channels", {"name": "ideas", "forum": True, "tags": tags})


def test_a_post_of_the_bot_is_read_and_answered_by_keyboard(
    page: Page, discord: Discord, forum: Any, tmp_path: Path
) -> None:
    page.get_by_role("link", name=re.compile("^ideas")).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("No posts yet.")).to_be_visible()
    body = {"as": discord.person("nadia"), "channel_id": discord.channel("general"), "name": "publish"}
    discord.post("/play/commands", body | {"options": {"forum": forum["id"], "title": "Sparse attention"}})
    post = page.get_by_role("list", name="Posts").get_by_role("link", name=re.compile("Sparse attention"))
    expect(post.locator(".tag")).to_have_text(["Paper", "Question"])
    expect(post).to_contain_text("0 answers")
    shot(page, tmp_path, "forum")
    post.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sparse attention", exact=True).last).to_be_visible()
    expect(last(page).locator("strong").filter(has_text="new")).to_be_visible()
    expect(last(page)).to_contain_text("What is new in Sparse attention?")
    expect(box(page)).to_be_focused()
    page.keyboard.type("A faster kernel")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("A faster kernel")
    shot(page, tmp_path, "answered")


def test_a_person_begins_a_post_with_a_tag(page: Page, forum: Any, tmp_path: Path) -> None:
    page.get_by_role("link", name=re.compile("^ideas")).click()
    page.get_by_role("button", name="New post").focus()
    page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="New post in ideas")
    expect(form.get_by_label("Title")).to_be_focused()
    page.keyboard.press("Enter")
    expect(form.get_by_role("alert")).to_have_text("A post needs a title.")
    page.keyboard.type("Reading on Friday")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(form.get_by_label("Idea")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Who **comes**?")
    shot(page, tmp_path, "form")
    form.get_by_role("button", name="Post", exact=True).press("Enter")
    expect(form).to_have_count(0)
    expect(last(page)).to_contain_text("Who comes?")
    expect(last(page)).to_contain_text("Nadia Okonkwo")
    expect(box(page)).to_be_focused()
    page.get_by_role("link", name=re.compile("^ideas")).click()
    post = page.get_by_role("list", name="Posts").get_by_role("link", name=re.compile("Reading on Friday"))
    expect(post.locator(".tag")).to_have_text(["Idea"])


def test_a_form_with_boxes_and_a_file(page: Page, tmp_path: Path) -> None:
    (tmp_path / "library.bib").write_text("one two three")
    command(page, "survey")
    form = page.get_by_role("dialog", name="How you read")
    form.get_by_role("button", name="Submit").click()
    expect(form.get_by_text("Choose at least one")).to_have_count(2)
    expect(form.get_by_text("This field is required")).to_have_count(1)
    daily = form.get_by_role("radiogroup", name="Pace").get_by_role("radio", name="Daily")
    expect(daily).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(form.get_by_role("radio", name="Weekly")).to_be_checked()
    expect(daily).not_to_be_checked()
    fields = form.get_by_role("group", name="Fields")
    for name in ("Physics", "Biology", "Statistics"):
        fields.get_by_role("checkbox", name=name).check()
    with page.expect_response("**/play/files"):
        form.get_by_label("Your library").set_input_files(tmp_path / "library.bib")
    form.get_by_role("button", name="Submit").click()
    expect(form.get_by_text("Choose at most 2")).to_be_visible()
    shot(page, tmp_path, "survey")
    fields.get_by_role("checkbox", name="Biology").uncheck()
    form.get_by_role("button", name="Submit").click()
    expect(form).to_have_count(0)
    expect(last(page)).to_contain_text("w, physics+statistics, library.bib: 3 words")


def test_roles_channels_and_people_are_chosen(page: Page, tmp_path: Path) -> None:
    command(page, "pick")
    message = page.locator("li.message").filter(has=page.locator("[data-custom-id='pick:role']")).last
    message.get_by_role("combobox", name="Choose a role").press("ArrowDown")
    shot(page, tmp_path, "roles")
    page.keyboard.type("M")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("Role: Moderators")
    message.get_by_role("combobox", name="Choose a channel").click()
    expect(page.get_by_role("option", name="papers")).to_be_visible()
    expect(page.get_by_role("option", name="ideas")).to_have_count(0)
    page.get_by_role("option", name="papers").click()
    expect(last(page)).to_contain_text("Channel: papers")
    message.get_by_role("combobox", name="Choose a person").press("ArrowDown")
    page.get_by_role("option", name=re.compile("Samir")).click()
    expect(last(page)).to_contain_text("Person: Samir Velde")


def test_texts_one_below_the_other_are_drawn_each_once_and_quoted_by_the_first(page: Page, tmp_path: Path) -> None:
    command(page, "layout")
    expect(last(page).locator(".text-display")).to_have_text(["The first", "The second", "In a box"])
    box_of_texts = last(page).locator(".container.accent")
    expect(box_of_texts).to_have_count(1)
    assert box_of_texts.evaluate("one => one.style.getPropertyValue('--bar')") == "#000000"
    shot(page, tmp_path, "layout")
    last(page).click(button="right")
    page.get_by_role("menuitem", name="Reply").click()
    page.keyboard.type("I see")
    page.keyboard.press("Enter")
    expect(last(page)).to_contain_text("I see")
    expect(last(page).locator(".context-text")).to_contain_text("The **first**")
