"""Chat logs: records that hold a list of messages, in the manner of OpenAI's chat completions.

With them come Anthropic's messages, items of the Responses API, ShareGPT's conversations, and a
bare question with its answer (`casefiles.spans.messages` finds them).
"""

from __future__ import annotations

from typing import Any

from casefiles.importers import facts
from casefiles.importers.importer import Conversation, Identity
from casefiles.spans.chat import turns_of_messages
from casefiles.spans.messages import find, is_conversation


class ChatImporter:
    """Reads chat logs."""

    name = "chat"

    def reads(self, record: Any) -> bool:
        """Tell whether a record is a list of messages or an object that holds a conversation."""
        return is_conversation(record) if isinstance(record, list) else find(record) is not None

    def identity(self, record: Any) -> Identity:
        """Return the id and the session the record was given."""
        found = find(record)
        owners = found.owners if found else ()
        return Identity(id=facts.source_id(owners), session=facts.session(owners))

    def conversation(self, record: Any) -> Conversation:
        """Read the record. Raises ValueError, saying which message is wrong."""
        found = find(record)
        if found is None:
            raise ValueError("it holds no list of messages")
        known = facts.facts(found.owners)
        return Conversation(turns=turns_of_messages(found.messages), facts=known)
