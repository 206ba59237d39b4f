"""`plate-llm secrets`: what OpenBao must hold for an environment, and how it gets there."""

from __future__ import annotations

import typer

from plate_llm_cli.commands.secrets import (
    access,
    age,
    check,
    copy,
    diff,
    export,
    plan,
    policy,
    rotate,
    seed,
    spec,
    token,
)

app = typer.Typer(
    add_completion=False,
    help="Fill OpenBao with what a deployment needs, and keep it so.",
)

app.command("plan", epilog=plan.EXAMPLE)(plan.plan)
app.command("seed", epilog=seed.EXAMPLE)(seed.seed)
app.command("check", epilog=check.EXAMPLE)(check.check)
app.command("rotate", epilog=rotate.EXAMPLE)(rotate.rotate)
app.command("age", epilog=age.EXAMPLE)(age.age)
app.command("diff", epilog=diff.EXAMPLE)(diff.diff)
app.command("policy", epilog=policy.EXAMPLE)(policy.policy)
app.command("access", epilog=access.EXAMPLE)(access.access)
app.command("token", epilog=token.EXAMPLE)(token.token)
app.command("copy", epilog=copy.EXAMPLE)(copy.copy)
app.command("export", epilog=export.EXAMPLE)(export.export)
app.command("spec", epilog=spec.EXAMPLE)(spec.spec)
