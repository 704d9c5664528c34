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

/// A tokenizer.json as a GGUF file of `rows` tokens holds it (tokenizer.ggml.model "gpt2"): rows without a
/// token become unused ones. What GGUF has no field for, white space taken by added tokens, is left out.
/// Throws Error(BadTokenizer) as openHuggingFaceTokenizer, and for more ids than rows; UnsupportedModel for a
/// way to split text that GGUF has no name for.
StoredVocabulary storeHuggingFaceVocabulary(const MappedFile &file, int rows);

/// Of GGUF files: tokenizer.ggml.model "rwkv" and "gpt2". Throw Error(BadTokenizer).
std::unique_ptr<Tokenizer> makeWorldTokenizer(const StoredVocabulary &stored);
std::unique_ptr<Tokenizer> makeStoredBpeTokenizer(const StoredVocabulary &stored);

} // namespace engine
