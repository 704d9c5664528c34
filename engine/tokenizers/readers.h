#pragma once

#include "engine/files/mapped_file.h"
#include "engine/tokenizers/tokenizer.h"

namespace engine
{

struct StoredVocabulary;

/// RWKV "World" vocabularies: lines `id literal length`, LF or CRLF, the literal in Python's notation ('...',
/// "...", b'...'). Nothing in it is ever executed. Throws Error(BadTokenizer) naming the line. Source:
/// BlinkDL/ChatRWKV, tokenizer/rwkv_vocab_v20230424.txt and rwkv_tokenizer.py.
std::unique_ptr<Tokenizer> openWorldTokenizer(const MappedFile &file);

/// Hugging Face's tokenizer.json with a byte-level BPE model, as of GPT-NeoX ("20B", for the Pile and Raven
/// models) and Qwen; added tokens, normalisation and split patterns as the file says. Beside it are read, if
/// they are there: tokenizer_config.json (end of text, chat template), chat_template.jinja. Throws
/// Error(BadTokenizer) naming what is not supported. Source: huggingface/tokenizers.
std::unique_ptr<Tokenizer> openHuggingFaceTokenizer(const MappedFile &file);

/// Of GGUF files: tokenizer.ggml.model "rwkv" and "gpt2". Throw Error(BadTokenizer).
std::unique_ptr<Tokenizer> makeWorldTokenizer(const StoredVocabulary &stored);
std::unique_ptr<Tokenizer> makeStoredBpeTokenizer(const StoredVocabulary &stored);

} // namespace engine
