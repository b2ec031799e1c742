"""A small bot for the tests of the local Discord: every kind of command, answer and component, once.
It uses discord.py as it is and knows nothing of Paperboy; run it as a program with --api, --gateway and --token."""

from __future__ import annotations

import argparse
import asyncio
import io
import re
import struct
import zlib
from typing import Any, TypeAlias

import discord
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket

Interaction: TypeAlias = "discord.Interaction[ExampleBot]"

TOPICS = ("graph neural networks", "graph theory", "diffusion models", "protein folding", "quantum error correction")
HOSTILE = (
    "<img src=x onerror=\"document.body.dataset.pwned='1'\"> <script>document.body.dataset.pwned='1'</script> Title"
)
PAGES = 4


def png(width: int, height: int) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\0" + b"\x34\x98\xdb" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def page_embed(page: int) -> discord.Embed:
    lines = [f"**{page * 5 + n}.** Paper number {page * 5 + n}" for n in range(1, 6)]
    return discord.Embed(title=f"Papers, page {page + 1} of {PAGES}", description="\n".join(lines), colour=0x3498DB)


class PageButton(ui.DynamicItem[ui.Button[ui.View]], template=r"page:(?P<page>-?\d+):(?P<to>\w+)"):
    """Its state is in the custom id, so it works after the bot was restarted."""

    def __init__(self, page: int, to: str, label: str) -> None:
        enabled = 0 <= page < PAGES
        super().__init__(ui.Button(label=label, custom_id=f"page:{page}:{to}", disabled=not enabled))
        self.page = page

    @classmethod
    async def from_custom_id(cls, _: Any, item: ui.Item[Any], match: re.Match[str], /) -> PageButton:
        return cls(int(match["page"]), match["to"], getattr(item, "label", None) or "")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.edit_message(embed=page_embed(self.page), view=pager(self.page))


def pager(page: int) -> ui.View:
    view = ui.View(timeout=None)
    view.add_item(PageButton(page - 1, "back", "Back"))
    view.add_item(PageButton(page + 1, "next", "Next"))
    return view


class Form(ui.Modal, title="Follow a topic"):
    name: ui.Label[Any] = ui.Label(
        text="Name", description="How the list is called", component=ui.TextInput(min_length=3, max_length=40)
    )
    pace: ui.Label[Any] = ui.Label(
        text="Pace",
        component=ui.Select(options=[discord.SelectOption(label="Daily"), discord.SelectOption(label="Weekly")]),
    )
    notes: ui.Label[Any] = ui.Label(
        text="Notes", component=ui.TextInput(style=discord.TextStyle.paragraph, required=False)
    )

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        name, pace = self.name.component, self.pace.component
        assert isinstance(name, ui.TextInput)
        assert isinstance(pace, ui.Select)
        await interaction.response.send_message(f"Saved **{name.value}**, {pace.values[0]}.")


class Survey(ui.Modal, title="How you read"):
    pace: ui.Label[Any] = ui.Label(
        text="Pace",
        component=ui.RadioGroup(
            options=[
                discord.RadioGroupOption(label="Daily", value="d", description="Every morning"),
                discord.RadioGroupOption(label="Weekly", value="w"),
            ]
        ),
    )
    fields: ui.Label[Any] = ui.Label(
        text="Fields",
        component=ui.CheckboxGroup(
            min_values=1,
            max_values=2,
            options=[
                discord.CheckboxGroupOption(label=n.title(), value=n) for n in ("physics", "biology", "statistics")
            ],
        ),
    )
    file: ui.Label[Any] = ui.Label(text="Your library", component=ui.FileUpload())

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        pace, fields, file = self.pace.component, self.fields.component, self.file.component
        assert isinstance(pace, ui.RadioGroup)
        assert isinstance(fields, ui.CheckboxGroup)
        assert isinstance(file, ui.FileUpload)
        text = (await file.values[0].read()).decode()
        chosen = "+".join(fields.values)
        await interaction.response.send_message(
            f"{pace.value}, {chosen}, {file.values[0].filename}: {len(text.split())} words"
        )


class Picks(ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.select(cls=ui.RoleSelect, custom_id="pick:role", placeholder="Choose a role")
    async def role(self, interaction: discord.Interaction[Any], select: ui.RoleSelect[Picks]) -> None:
        await interaction.response.send_message(f"Role: {select.values[0].name}", ephemeral=True)

    @ui.select(
        cls=ui.ChannelSelect,
        custom_id="pick:channel",
        placeholder="Choose a channel",
        channel_types=[discord.ChannelType.text],
    )
    async def channel(self, interaction: discord.Interaction[Any], select: ui.ChannelSelect[Picks]) -> None:
        await interaction.response.send_message(f"Channel: {select.values[0].name}", ephemeral=True)

    @ui.select(cls=ui.UserSelect, custom_id="pick:person", placeholder="Choose a person")
    async def person(self, interaction: discord.Interaction[Any], select: ui.UserSelect[Picks]) -> None:
        await interaction.response.send_message(f"Person: {select.values[0].display_name}", ephemeral=True)


class Choices(ui.View):
    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.button(label="Press me", style=discord.ButtonStyle.primary, custom_id="press", emoji="👍")
    async def press(self, interaction: discord.Interaction[Any], _: ui.Button[Choices]) -> None:
        await interaction.response.send_message("You pressed it.", ephemeral=True)

    @ui.button(label="Accept", style=discord.ButtonStyle.success, custom_id="accept")
    async def accept(self, interaction: discord.Interaction[Any], _: ui.Button[Choices]) -> None:
        await interaction.response.defer()

    @ui.button(label="Break", style=discord.ButtonStyle.danger, custom_id="break")
    async def break_(self, interaction: discord.Interaction[Any], _: ui.Button[Choices]) -> None:
        """Never answers."""

    @ui.select(
        custom_id="colour",
        placeholder="Choose a colour",
        options=[
            discord.SelectOption(label="Red", description="Like a stop sign", emoji="🔴"),
            discord.SelectOption(label="Green", description="Like a leaf", emoji="🟢"),
            discord.SelectOption(label="Blue", description="Like the sea", emoji="🔵"),
        ],
    )
    async def colour(self, interaction: discord.Interaction[Any], select: ui.Select[Choices]) -> None:
        await interaction.response.edit_message(content=f"The colour is **{select.values[0]}**.")

    @ui.select(cls=ui.UserSelect, custom_id="people", placeholder="Choose people", max_values=3)
    async def people(self, interaction: discord.Interaction[Any], select: ui.UserSelect[Choices]) -> None:
        names = ", ".join(user.display_name for user in select.values)
        await interaction.response.send_message(f"Chosen: {names}", ephemeral=True)


class Card(ui.LayoutView):
    def __init__(self) -> None:
        super().__init__(timeout=None)
        link: ui.Button[Card] = ui.Button(label="Read", url="https://example.org/paper")
        text = "### [Attention, again](https://example.org)\nA. Author, B. Author *et al.* · <t:1780000000:R>"
        save: ui.Button[Card] = ui.Button(label="Save", style=discord.ButtonStyle.success, custom_id="card:save")
        drop: ui.Button[Card] = ui.Button(label="Not for me", style=discord.ButtonStyle.danger, custom_id="card:drop")
        box: ui.Container[Card] = ui.Container(
            ui.TextDisplay("## Your papers of today"),
            ui.Separator(),
            ui.Section(ui.TextDisplay(text), accessory=link),
            ui.Section(
                ui.TextDisplay("**Why:** you follow `graph neural networks`\n-# score 0.82"),
                accessory=ui.Thumbnail("https://example.org/preview.png", description="Preview of the first page"),
            ),
            ui.Separator(spacing=discord.SeparatorSpacing.large),
            ui.ActionRow(save, drop),
            accent_colour=discord.Colour(0x57F287),
        )
        self.add_item(box)


def rich_embed() -> discord.Embed:
    embed = discord.Embed(
        title="Graph neural networks for molecules",
        url="https://example.org/abs/1",
        description="We show **much** with *little*. `code`, ~~old~~, ||a spoiler||, "
        "[a link](https://example.org).\n> quoted\n- one\n- two",
        colour=0xF0B232,
        timestamp=discord.utils.utcnow(),
    )
    embed.set_author(name="arXiv · cs.LG")
    for name, value in (("Authors", "A. Author et al."), ("Category", "cs.LG"), ("Date", "<t:1780000000:D>")):
        embed.add_field(name=name, value=value)
    embed.add_field(name="Why", value="matched **graph neural network** in the title", inline=False)
    embed.set_footer(text="Example")
    embed.set_thumbnail(url="https://example.org/thumb.png")
    return embed


class ExampleBot(discord.Client):
    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default())
        self.tree: app_commands.CommandTree[ExampleBot] = app_commands.CommandTree(self)
        add_commands(self.tree)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(PageButton)
        self.add_view(Choices())
        await self.tree.sync()


def add_commands(tree: app_commands.CommandTree[ExampleBot]) -> None:
    topic = app_commands.Group(name="topic", description="What you follow")

    @topic.command(name="follow", description="Follow a topic and hear of new papers")
    @app_commands.describe(name="What to follow", pace="How often", limit="How many at once")
    @app_commands.choices(
        pace=[app_commands.Choice(name="Daily", value="d"), app_commands.Choice(name="Weekly", value="w")]
    )
    async def follow(
        interaction: Interaction,
        name: str,
        pace: app_commands.Choice[str] | None = None,
        limit: app_commands.Range[int, 1, 20] = 5,
    ) -> None:
        pace_name = pace.name if pace else "Daily"
        await interaction.response.send_message(f"You follow **{name}** ({pace_name}, {limit} at most).")

    @follow.autocomplete("name")
    async def names(_: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=t.title(), value=t) for t in TOPICS if current.lower() in t]

    tree.add_command(topic)

    @tree.command(description="Say something in this channel")
    @app_commands.describe(text="What to say", silent="Without a notification")
    async def echo(interaction: Interaction, text: str, silent: bool = False) -> None:
        await interaction.response.send_message(text, silent=silent)

    @tree.command(description="Show papers, five on a page")
    async def papers(interaction: Interaction) -> None:
        await interaction.response.send_message(embed=page_embed(0), view=pager(0))

    @tree.command(description="Open a form")
    async def form(interaction: Interaction) -> None:
        await interaction.response.send_modal(Form())

    @tree.command(description="Tell you something in private")
    async def secret(interaction: Interaction) -> None:
        await interaction.response.send_message("Nobody else sees this.", ephemeral=True)

    @tree.command(description="Buttons and selects")
    async def choices(interaction: Interaction) -> None:
        await interaction.response.send_message("Choose something.", view=Choices())

    @tree.command(description="Think first, answer later")
    async def slow(interaction: Interaction) -> None:
        await interaction.response.defer(thinking=True)
        await asyncio.sleep(0.7)
        await interaction.edit_original_response(content="Thought about it.")

    @tree.command(description="Never answer")
    async def never(_: Interaction) -> None:
        """Discord says that the application did not respond."""

    @tree.command(description="An embed with everything")
    async def embed(interaction: Interaction) -> None:
        await interaction.response.send_message(embed=rich_embed())

    @tree.command(description="Components V2: a card")
    async def card(interaction: Interaction) -> None:
        await interaction.response.send_message(view=Card())

    @tree.command(description="Components V2: texts one below the other")
    async def layout(interaction: Interaction) -> None:
        view = ui.LayoutView(timeout=None)
        box: ui.Container[ui.LayoutView] = ui.Container(ui.TextDisplay("In a **box**"), accent_colour=discord.Colour(0))
        for words in ("first", "second"):
            view.add_item(ui.TextDisplay(f"The **{words}**"))
        view.add_item(box)
        await interaction.response.send_message(view=view)

    @tree.command(description="A paper whose text would like to run")
    async def hostile(interaction: Interaction) -> None:
        embed = discord.Embed(
            title=HOSTILE, description=f"{HOSTILE} [x](javascript:alert(1))", url="https://example.org"
        )
        embed.add_field(name=HOSTILE, value=HOSTILE).set_footer(text=HOSTILE).set_author(name=HOSTILE)
        embed.set_image(url="https://example.org/outside.png")
        await interaction.response.send_message(HOSTILE, embed=embed)

    @tree.command(description="A picture with its description, and a file")
    async def files(interaction: Interaction) -> None:
        picture = discord.File(io.BytesIO(png(320, 180)), "plot.png", description="A plot: papers a day, rising")
        await interaction.response.send_message(files=[picture, discord.File(io.BytesIO(b"x" * 2048), "papers.bib")])

    @tree.command(description="Several pictures as a gallery")
    async def gallery(interaction: Interaction) -> None:
        names = ("one.png", "two.png", "three.png")
        view = ui.LayoutView(timeout=None)
        items = [discord.MediaGalleryItem(f"attachment://{n}", description=f"Picture {n[:-4]}") for n in names]
        view.add_item(ui.Container(ui.TextDisplay("# Three pictures"), ui.MediaGallery(*items)))
        files = [discord.File(io.BytesIO(png(160 + 40 * k, 120)), n) for k, n in enumerate(names)]
        await interaction.response.send_message(view=view, files=files)

    @tree.command(description="Start a thread for a paper")
    async def discuss(interaction: Interaction, title: str) -> None:
        await interaction.response.send_message(f"Let us talk about **{title}**.")
        message = await interaction.original_response()
        assert isinstance(interaction.channel, discord.TextChannel)
        thread = await interaction.channel.create_thread(name=title, message=discord.Object(message.id))
        await thread.send("What do you think?")

    @tree.command(description="Start a post in a forum")
    async def publish(interaction: Interaction, forum: discord.ForumChannel, title: str) -> None:
        made = await forum.create_thread(
            name=title, content=f"What is **new** in {title}?", applied_tags=forum.available_tags[:2]
        )
        await interaction.response.send_message(f"Posted in {made.thread.mention}.", ephemeral=True)

    @tree.command(description="Open a form with boxes and a file")
    async def survey(interaction: Interaction) -> None:
        await interaction.response.send_modal(Survey())

    @tree.command(description="Selects of roles, channels and people")
    async def pick(interaction: Interaction) -> None:
        await interaction.response.send_message("Whom and where?", view=Picks())

    @tree.command(name="import", description="Read a file of yours")
    async def import_(interaction: Interaction, file: discord.Attachment) -> None:
        text = (await file.read()).decode()
        await interaction.response.send_message(f"{file.filename}: {len(text.split())} words")

    @tree.command(description="Send you a direct message")
    async def dm(interaction: Interaction) -> None:
        await interaction.user.send("Here is your digest.")
        await interaction.response.send_message("Look at your direct messages.", ephemeral=True)

    @tree.context_menu(name="Count words")
    async def count(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"{len(message.content.split())} words", ephemeral=True)

    @tree.context_menu(name="Greet")
    async def greet(interaction: Interaction, user: discord.Member) -> None:
        await interaction.response.send_message(f"Hello {user.mention}!")


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("--api", "--gateway", "--token"):
        parser.add_argument(name, required=True)
    args = parser.parse_args()
    discord.http.Route.BASE = args.api
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(args.gateway)
    ExampleBot().run(args.token)


if __name__ == "__main__":
    main()
