#pragma once

#include "engine/files/mapped_file.h"
#include "engine/tokenizers/tokenizer.h"

namespace engine
{

/// RWKV "World" vocabularies: lines `id literal length`, LF or CRLF, the literal in Python's notation ('...',
/// "...", b'...'). Nothing in it is ever executed. Throws Error(BadTokenizer) naming the line. Source:
/// BlinkDL/ChatRWKV, tokenizer/rwkv_vocab_v20230424.txt and rwkv_tokenizer.py.
std::unique_ptr<Tokenizer> openWorldTokenizer(const MappedFile &file);

} // namespace engine
