#include "engine/tokenizers/tokenizer.h"

#include "engine/tokenizers/readers.h"

namespace engine
{

std::string Tokenizer::decode(const std::vector<int> &tokens) const
{
    std::string out;
    for (const int token : tokens)
        out += bytes(token);
    return out;
}

// The only kind so far; a second one is told apart by its first bytes here.
std::unique_ptr<Tokenizer> openTokenizer(const std::string &path)
{
    return openWorldTokenizer(*MappedFile::open(path));
}

} // namespace engine
