#pragma once

namespace gui
{

/// Makes assistive programs see a TranscriptView as a list of messages with names. May be called often.
void installTranscriptAccessibility();

} // namespace gui
