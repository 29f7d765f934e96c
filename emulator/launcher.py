"""Runs the pinned AWS emulator with the gaps mended that a grant's workflow would fall into.

Each mend says what it expects to find, and nothing starts where that is not so: another version needs another look.
Nothing of the product knows of them; docs/emulator.md lists them. The emulator ends with the process that started it.
"""

import importlib.metadata
import inspect
import os
import re
import shutil
import signal
import sys
import threading

PINNED = "1.5.33"


def main():
    threading.Thread(target=end_with_owner, daemon=True).start()
    expect(importlib.metadata.version("ministack") == PINNED, f"it is version {PINNED}")
    time_out_callbacks_by_path()
    keep_names_of_node_errors()
    fail_callbacks_that_throw()
    name_the_role_of_a_session()
    authorize_callbacks_by_machine()
    authorize_iam_by_path_and_boundary()
    simulate_by_path_and_context()
    know_the_policy_that_denies_all()
    take_alarms_of_several_metrics()
    from ministack.app import main as serve

    sys.exit(serve())


def expect(found, what):
    if not found:
        sys.exit(f"emulator/launcher.py cannot mend this emulator: it expects that {what}. Look at every mend again.")


def end_with_owner():
    """The pipe on our stdin closes when its owner ends, however it ends. Our process group is the functions', too."""
    while os.read(0, 4096):
        pass
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def time_out_callbacks_by_path():
    """TimeoutSecondsPath of a callback task is ignored: resolve it on the state's input, as AWS does."""
    from ministack.services import stepfunctions as sfn

    expect(parameters(sfn._execute_task) == ["state_def", "raw_input", "execution", "ctx"], "_execute_task is as it was")
    expect("TimeoutSecondsPath" not in source(sfn._execute_task), "TimeoutSecondsPath is ignored")
    expect("TimeoutSecondsPath" not in source(sfn._invoke_with_callback), "TimeoutSecondsPath is ignored in callbacks")
    execute = sfn._execute_task

    def with_path(state_def, raw_input, execution, ctx):
        path = state_def.get("TimeoutSecondsPath")
        if path:
            given = sfn._apply_input_path(state_def, raw_input, ctx)
            state_def = {**state_def, "TimeoutSeconds": sfn._resolve_path(path, given)}
        return execute(state_def, raw_input, execution, ctx)

    sfn._execute_task = with_path


def keep_names_of_node_errors():
    """What a Node handler throws is always called Runtime.HandlerError: report `error.name`, or Retry never matches."""
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    for thrown, was in (("err", 'trace: err.stack || ""'), ("e", "trace: e.stack")):
        expect(script.count(was) == 1, f"a worker says {was!r} once")
        script = script.replace(was, f"name: {thrown}.name, {was}")
    lambda_runtime._NODEJS_WORKER_SCRIPT = script

    expect(parameters(lambda_svc._execute_function_warm) == ["func", "event", "request_id"], "workers are called as they were")
    expect("worker.invoke(" in source(lambda_svc._execute_function_warm), "workers are called in this thread")
    invoke, execute = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm
    last = threading.local()

    def remember_name(self, *args, **kwargs):
        response = invoke(self, *args, **kwargs)
        last.name = response.get("name")
        return response

    def with_name(func, event, request_id):
        last.name = None
        result = execute(func, event, request_id)
        if last.name and result.get("error") and result["body"].get("errorType") == "Runtime.HandlerError":
            result["body"]["errorType"] = last.name
        return result

    lambda_runtime.Worker.invoke = remember_name
    lambda_svc._execute_function_warm = with_name


def fail_callbacks_that_throw():
    """A function that throws instead of taking its task token is waited for until the time-out: fail the task at once."""
    from ministack.services import stepfunctions as sfn

    expect(parameters(sfn._invoke_with_callback) == ["resource", "input_data", "token", "state_def"], "callbacks are as they were")
    expect(parameters(sfn._call_lambda) == ["func_ref", "event"], "_call_lambda is as it was")
    expect("except _ExecutionError:\n            pass" in source(sfn._invoke_with_callback), "a throw is swallowed")
    await_callback, call = sfn._invoke_with_callback, sfn._call_lambda
    here = threading.local()

    def remember_token(resource, input_data, token, state_def):
        here.token = token
        try:
            return await_callback(resource, input_data, token, state_def)
        finally:
            here.token = None

    def fail_task(func_ref, event):
        try:
            return call(func_ref, event)
        except sfn._ExecutionError as error:
            task = sfn._task_tokens.get(getattr(here, "token", None))
            if task:
                task["error"] = {"Error": error.error, "Cause": error.cause}
                task["event"].set()
            raise

    sfn._invoke_with_callback = remember_token
    sfn._call_lambda = fail_task


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


def authorize_callbacks_by_machine():
    """SendTaskSuccess is authorized on "*", for its body names no machine: find it by the token, as AWS does."""
    from ministack.core import iam_actions
    from ministack.services import stepfunctions as sfn

    expect("taskToken" not in source(iam_actions.extract_resource_arn), "task tokens are not looked at")
    expect('"StateMachine": {' in source(sfn), "the context names the machine")
    extract, execute, await_callback = iam_actions.extract_resource_arn, sfn._execute_task, sfn._invoke_with_callback
    here = threading.local()
    machines = {}

    def remember_machine(state_def, raw_input, execution, ctx):
        here.machine = ctx["StateMachine"]["Id"]
        return execute(state_def, raw_input, execution, ctx)

    def remember_token(resource, input_data, token, state_def):
        # Kept for good: who calls back late must be told so, and not that they may not.
        machines[token] = here.machine
        return await_callback(resource, input_data, token, state_def)

    def with_machine(service, method, path, headers, body, *rest, **named):
        token = service == "states" and iam_actions._safe_json_field(body, "taskToken")
        return machines.get(token) or extract(service, method, path, headers, body, *rest, **named)

    sfn._execute_task, sfn._invoke_with_callback = remember_machine, remember_token
    iam_actions.extract_resource_arn = with_machine


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
        held = re.fullmatch(r"iam:(Attach|Detach|Put|Delete)(Role|User)(Policy|PermissionsBoundary)", iam_action)
        boundary = given("PermissionsBoundary") if asked else there if held else None
        policy = given("PolicyArn") if re.fullmatch(r"iam:(Attach|Detach)\w+Policy", iam_action) else None
        more = {"iam:permissionsboundary": boundary, "iam:policyarn": policy}
        return {**keys, **{key: value for key, value in more.items() if value}}

    iam_actions.extract_resource_arn, iam_actions.request_tag_context = with_path, with_keys


def take_alarms_of_several_metrics():
    """A template with metric math in an alarm is refused as a whole: take the alarm, and watch the first of its metrics."""
    from ministack.services.cloudformation import provisioners

    expect(parameters(provisioners._cw_metric_alarm_record)[:2] == ["name", "props"], "alarms are made as they were")
    expect("(metric math) is not supported" in source(provisioners._cw_metric_alarm_record), "metric math is refused")
    make = provisioners._cw_metric_alarm_record

    def with_first_metric(name, props):
        stats = [metric["MetricStat"] for metric in props.get("Metrics") or [] if metric.get("MetricStat")]
        if stats:
            others = {key: value for key, value in props.items() if key != "Metrics"}
            props = {**others, **stats[0]["Metric"], "Period": stats[0]["Period"], "Statistic": stats[0]["Stat"]}
        return make(name, props)

    provisioners._cw_metric_alarm_record = with_first_metric


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


def parameters(function):
    return list(function.__code__.co_varnames[: function.__code__.co_argcount])


def source(function):
    return inspect.getsource(function)


main()
