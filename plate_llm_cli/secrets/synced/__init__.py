"""What External Secrets and the kubelet make of what OpenBao holds, with the values.

`pods.environment_of` gives the environment that a container of a rendered workload would start
with; `variable.value_of` one variable of it, and reads only what that one needs. Both raise
PodStartError where the pod would not start, with what the pod would say, and why.

    from plate_llm_cli.secrets.synced.operator import Operator
    from plate_llm_cli.secrets.synced.pods import environment_of
    from plate_llm_cli.secrets.synced.variable import value_of

    with OpenBao(connection) as bao:
        operator = Operator(bao.read, workspace.engine)
        found = environment_of(deployment, workload, "plate-llm", operator)
        key = value_of(deployment, workload, "plate-llm", "AUTH_JWT_SECRET", operator)

What the operator does is known from its source: the Vault provider's `client_get.go`,
`esutils/utils.go`, `template/v2/template.go` and the controller's `externalsecret_controller_*.go`.
What only a cluster can tell, and what Helm would fill in differently, is an error, never a guess.
"""
