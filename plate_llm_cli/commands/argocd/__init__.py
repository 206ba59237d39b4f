"""`plate-llm argocd`: the Applications of the tree, written and applied."""

from __future__ import annotations

import typer

from plate_llm_cli.commands.argocd import apply, generate, rollback, sync, wait

app = typer.Typer(
    add_completion=False,
    help="Write the Applications, and bring them to the cluster.",
)

app.command("generate", epilog=generate.EXAMPLE)(generate.generate)
app.command("apply", epilog=apply.EXAMPLE)(apply.apply)
app.command("wait", epilog=wait.EXAMPLE)(wait.wait)
app.command("sync", epilog=sync.EXAMPLE)(sync.sync_)
app.command("rollback", epilog=rollback.EXAMPLE)(rollback.rollback)
