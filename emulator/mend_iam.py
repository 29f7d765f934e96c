"""Mends of the emulator's IAM: see launcher.py."""

import re
import threading

from mending import expect, parameters, source


def name_the_role_of_a_session():
    """aws:PrincipalArn of a role's session is the session's ARN: make it the role's, or no condition ever names one."""
    from ministack.core import iam_evaluator
    from ministack.services import iam

    expect(parameters(iam_evaluator._resolve_condition_key) == ["key", "ctx"], "conditions are resolved as they were")
    expect("return ctx.principal_arn" in source(iam_evaluator._resolve_condition_key), "a session is its own principal")
    resolve = iam_evaluator._resolve_condition_key
    session = re.compile(r"arn:aws:sts::(\d{12}):assumed-role/([^/]+)/.+")

    def with_role(key, ctx):
        value = resolve(key, ctx)
        found = key.lower() == "aws:principalarn" and session.fullmatch(value or "")
        if not found:
            return value
        account, name = found.groups()
        role = iam._roles.get_scoped(account, None, name)
        return role["Arn"] if role else f"arn:aws:iam::{account}:role/{name}"

    iam_evaluator._resolve_condition_key = with_role


def authorize_iam_by_path_and_boundary():
    """IAM's own calls are authorized on ARNs without their path, and without IAM's condition keys: give both, as AWS does."""
    from ministack.core import iam_actions
    from ministack.services import iam

    expect(':role/{role_name}"' in source(iam_actions), "a role's ARN has no path")
    expect("PermissionsBoundary" not in source(iam_actions), "iam:PermissionsBoundary is not known")
    expect(parameters(iam_actions.request_tag_context) == ["service", "iam_action", "body", "params"], "tags are as they were")
    extract, tags = iam_actions.extract_resource_arn, iam_actions.request_tag_context
    kinds = {"RoleName": ("role", iam._roles), "UserName": ("user", iam._users), "GroupName": ("group", iam._groups)}

    def with_path(service, method, path, headers, body, query_params, region, account_id):
        if service != "iam":
            return extract(service, method, path, headers, body, query_params, region, account_id)
        def given(name):
            return iam_actions._query_param(query_params, name)
        if given("InstanceProfileName"):
            return f"arn:aws:iam::{account_id}:instance-profile/{given('InstanceProfileName')}"
        # A membership is a matter of its group; of whom a policy is simulated for, of that one.
        names = ["GroupName", "RoleName", "UserName"] if given("Action").endswith("Group") else list(kinds)
        for name in names:
            if given(name):
                kind, known = kinds[name]
                there = known.get(given(name)) if not given("Action").startswith("Create") else None
                return there["Arn"] if there else f"arn:aws:iam::{account_id}:{kind}{given('Path') or '/'}{given(name)}"
        if given("PolicyName") and not given("PolicyArn"):
            return f"arn:aws:iam::{account_id}:policy{given('Path') or '/'}{given('PolicyName')}"
        return given("PolicyArn") or given("PolicySourceArn") or "*"

    def with_keys(service, iam_action, body, query_params):
        keys = tags(service, iam_action, body, query_params)
        if service != "iam":
            return keys
        def given(name):
            return iam_actions._query_param(query_params, name)
        there = (iam._roles.get(given("RoleName")) or iam._users.get(given("UserName")) or {}).get("PermissionsBoundary")
        asked = re.fullmatch(r"iam:(Create(Role|User)|Put(Role|User)PermissionsBoundary)", iam_action)
        held = re.fullmatch(r"iam:(Attach|Detach|Put|Delete)(Role|User)(Policy|PermissionsBoundary)|iam:UpdateAssumeRolePolicy", iam_action)
        boundary = given("PermissionsBoundary") if asked else there if held else None
        policy = given("PolicyArn") if re.fullmatch(r"iam:(Attach|Detach)\w+Policy", iam_action) else None
        more = {"iam:permissionsboundary": boundary, "iam:policyarn": policy}
        return {**keys, **{key: value for key, value in more.items() if value}}

    iam_actions.extract_resource_arn, iam_actions.request_tag_context = with_path, with_keys


def simulate_by_path_and_context():
    """SimulatePrincipalPolicy finds no role below a path, and ignores the context it is given: let it, as AWS does."""
    from ministack.core import iam_evaluator
    from ministack.services import iam

    expect("ContextEntries" not in source(iam), "the context of a simulation is ignored")
    expect(parameters(iam_evaluator._gather_role_policies) == ["role_name", "account_id"], "policies are gathered as they were")
    gather, resolve = iam_evaluator._gather_role_policies, iam_evaluator._resolve_condition_key
    simulate = iam._IAM_HANDLERS["SimulatePrincipalPolicy"]
    here = threading.local()

    def with_context(params):
        entries = [key.rsplit(".", 1)[0] for key in params if re.fullmatch(r"ContextEntries\.member\.\d+\.ContextKeyName", key)]
        here.given = {
            iam._p(params, f"{entry}.ContextKeyName").lower(): iam._p(params, f"{entry}.ContextKeyValues.member.1")
            for entry in entries
        }
        try:
            return simulate(params)
        finally:
            here.given = {}

    def with_given(key, ctx):
        value = resolve(key, ctx)
        return value if value is not None else getattr(here, "given", {}).get(key.lower())

    iam._IAM_HANDLERS["SimulatePrincipalPolicy"] = with_context
    iam_evaluator._gather_role_policies = lambda role_name, account_id: gather(role_name.rsplit("/", 1)[-1], account_id)
    iam_evaluator._resolve_condition_key = with_given


def know_the_policy_that_denies_all():
    """AWS's own policy AWSDenyAll is not among those that are there; a role that Curfew ends has it for its boundary."""
    from ministack.services import iam

    arn = "arn:aws:iam::aws:policy/AWSDenyAll"
    expect(arn not in iam._aws_managed_policies, "AWSDenyAll is missing")
    expect(parameters(iam._make_aws_managed_record) == ["name", "document", "description"], "managed policies are as they were")
    document = '{"Version":"2012-10-17","Statement":[{"Sid":"DenyAll","Effect":"Deny","Action":["*"],"Resource":"*"}]}'
    seed = iam._seed_aws_managed_policies

    def with_deny_all():
        seed()
        iam._aws_managed_policies[arn] = iam._make_aws_managed_record("AWSDenyAll", document, "Deny all access.")

    iam._seed_aws_managed_policies = with_deny_all
    with_deny_all()
