"""The one table of names: what is wanted of a span, and what dialects call it.

The first name that a span has counts. A name that ends in a dot stands for a list that is written
with numbers in the names (``llm.input_messages.0.message.role``). A new dialect is a few names
more. Sources:
https://github.com/open-telemetry/semantic-conventions-genai (GenAI, now and before),
https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md (OpenInference),
https://github.com/traceloop/openllmetry (OpenLLMetry: ``traceloop.``, ``llm.``),
https://docs.litellm.ai/docs/observability/opentelemetry_integration (litellm),
https://logfire.pydantic.dev and https://ai.pydantic.dev/logfire (Logfire, Pydantic AI),
https://langfuse.com/integrations/native/opentelemetry (Langfuse),
https://mlflow.org/docs/latest/genai/tracing (MLflow),
https://ai-sdk.dev/docs/ai-sdk-core/telemetry (the AI SDK for TypeScript),
https://github.com/mozilla-ai/any-agent (any-agent: ``gen_ai.tool.args``, ``gen_ai.output``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Kind = Literal["model", "embedding", "tool", "retrieval", "agent", "step"]
"""What a span is: a call of a model, of an embedding model, a tool that ran, a search, an agent
at work, or any other step of the application."""

Meaning = Literal[
    "kind", "model", "session", "agent",
    "input", "output", "system", "transcript", "answer",
    "tokens_in", "tokens_out", "cost", "cost_in", "cost_out", "usage", "finish", "streamed",
    "tool", "call", "arguments", "result",
    "query", "documents",
    "error", "error_type",
]  # fmt: skip

ALIASES: Mapping[Meaning, tuple[str, ...]] = {
    "kind": (
        "openinference.span.kind", "gen_ai.operation.name", "traceloop.span.kind",
        "mlflow.spanType", "langfuse.observation.type", "ai.operationId", "llm.request.type",
    ),
    "model": (
        "gen_ai.response.model", "llm.model_name", "ai.response.model", "gen_ai.request.model",
        "langfuse.observation.model.name", "ai.model.id", "mlflow.llm.model", "model_name",
    ),
    "session": (
        "session.id", "gen_ai.conversation.id", "langfuse.session.id", "mlflow.trace.session",
        "traceloop.association.properties.session_id",
        "traceloop.association.properties.thread_id", "ai.telemetry.metadata.sessionId",
        "thread_id", "session_id", "conversation_id", "metadata",
    ),
    "agent": (
        "gen_ai.agent.name", "agent.name", "agent_name", "graph.node.id",
        "traceloop.entity.name", "gen_ai.workflow.name",
    ),
    "input": (
        "gen_ai.input.messages", "llm.input_messages.", "gen_ai.prompt.", "ai.prompt.messages",
        "gen_ai.prompt", "langfuse.observation.input", "mlflow.spanInputs", "input.value",
        "ai.prompt", "traceloop.entity.input", "events", "all_messages_events",
    ),
    "output": (
        "gen_ai.output.messages", "llm.output_messages.", "gen_ai.completion.",
        "ai.response.", "gen_ai.completion", "gen_ai.output", "langfuse.observation.output",
        "mlflow.spanOutputs", "output.value", "traceloop.entity.output",
    ),
    "system": ("gen_ai.system_instructions",),
    "transcript": ("pydantic_ai.all_messages",),
    "answer": (
        "final_result", "output.value", "langfuse.observation.output", "mlflow.spanOutputs",
        "traceloop.entity.output", "ai.response.text", "gen_ai.output.messages",
    ),
    "tokens_in": (
        "gen_ai.usage.input_tokens", "llm.token_count.prompt", "gen_ai.usage.prompt_tokens",
        "ai.usage.inputTokens", "ai.usage.promptTokens", "ai.usage.tokens",
        "llm.usage.prompt_tokens",
    ),
    "tokens_out": (
        "gen_ai.usage.output_tokens", "llm.token_count.completion",
        "gen_ai.usage.completion_tokens", "ai.usage.outputTokens", "ai.usage.completionTokens",
        "llm.usage.completion_tokens",
    ),
    "cost": (
        "llm.cost.total", "gen_ai.usage.cost", "gen_ai.cost.total", "operation.cost",
        "langfuse.observation.cost_details", "mlflow.llm.cost", "hidden_params",
    ),
    "cost_in": ("gen_ai.usage.input_cost", "llm.cost.prompt"),
    "cost_out": ("gen_ai.usage.output_cost", "llm.cost.completion"),
    "usage": ("langfuse.observation.usage_details", "mlflow.chat.tokenUsage"),
    "finish": (
        "gen_ai.response.finish_reasons", "llm.finish_reason", "ai.response.finishReason",
    ),
    "streamed": (
        "gen_ai.request.stream", "gen_ai.is_streaming", "llm.is_streaming",
        "llm.invocation_parameters",
    ),
    "tool": (
        "gen_ai.tool.name", "tool.name", "tool_call.function.name", "ai.toolCall.name",
        "traceloop.entity.name",
    ),
    "call": ("gen_ai.tool.call.id", "tool_call.id", "tool.id", "ai.toolCall.id"),
    "arguments": (
        "gen_ai.tool.call.arguments", "gen_ai.tool.args", "tool_arguments", "ai.toolCall.input",
        "ai.toolCall.args", "tool_call.function.arguments", "tool.input", "input.value",
        "langfuse.observation.input", "mlflow.spanInputs", "traceloop.entity.input",
    ),
    "result": (
        "gen_ai.tool.call.result", "tool_response", "ai.toolCall.output", "ai.toolCall.result",
        "tool.output", "gen_ai.output", "output.value", "langfuse.observation.output",
        "mlflow.spanOutputs", "traceloop.entity.output",
    ),
    "query": (
        "gen_ai.retrieval.query.text", "reranker.query", "input.value",
        "langfuse.observation.input", "mlflow.spanInputs",
    ),
    "documents": (
        "gen_ai.retrieval.documents", "retrieval.documents.", "reranker.output_documents.",
        "output.value", "langfuse.observation.output", "mlflow.spanOutputs",
    ),
    "error": (
        "error.message", "exception.message", "langfuse.observation.status_message",
        "ai.response.error",
    ),
    "error_type": ("error.type", "exception.type", "error.code"),
}  # fmt: skip
"""Meaning to names, the best first."""

KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(
        ("llm", "chat", "chat_model", "chat_completion", "completion", "text_completion",
         "generate_content", "generation", "call_llm", "ai.generatetext.dogenerate",
         "ai.streamtext.dostream", "ai.generateobject.dogenerate", "ai.streamobject.dostream"),
        "model",
    ),
    **dict.fromkeys(("embedding", "embeddings", "ai.embed.doembed", "ai.embedmany.doembed"),
                    "embedding"),
    **dict.fromkeys(("tool", "execute_tool", "ai.toolcall"), "tool"),
    **dict.fromkeys(("retriever", "retrieval", "reranker", "rerank"), "retrieval"),
    **dict.fromkeys(("agent", "invoke_agent", "create_agent"), "agent"),
    **dict.fromkeys(
        ("chain", "workflow", "invoke_workflow", "task", "plan", "span", "guardrail", "evaluator",
         "parser", "memory", "prompt", "decision", "ai.generatetext", "ai.streamtext",
         "ai.generateobject", "ai.streamobject", "ai.embed", "ai.embedmany"),
        "step",
    ),
}  # fmt: skip
"""What dialects call the kinds, in small letters."""
