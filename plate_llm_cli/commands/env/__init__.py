"""`plate-llm env`: the environments of the tree, what each consists of, and new ones."""

from __future__ import annotations

import typer

from plate_llm_cli.commands.env import listing, new, promote, remove, show

app = typer.Typer(
    add_completion=False,
    help="List, show, make, promote and remove environments.",
)

app.command("list", epilog=listing.EXAMPLE)(listing.list_environments)
app.command("show", epilog=show.EXAMPLE)(show.show)
app.command("new", epilog=new.EXAMPLE)(new.new)
app.command("remove", epilog=remove.EXAMPLE)(remove.remove)
app.command("promote", epilog=promote.EXAMPLE)(promote.promote)
