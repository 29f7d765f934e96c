"""Mends of the emulator's state machines and functions: see launcher.py."""

import threading

from mending import expect, parameters, source


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
