#pragma once

// A vocabulary of eight tokens, and what three voices would say next.

#include "support/fake_engine.h"

namespace support
{

inline void fillNextTokens(FakeEngine &engine)
{
    engine.voiceLogits = {
        {4, 1, 0, 2, -1, 0, 1, -3}, {1, 3.5F, 0.5F, 2, 0, -2, 1, 0}, {2, 2, 2, 1, 1, 0, 0, -1}};
    engine.tokenTexts = {{0, " Ahoy"}, {1, " The"}, {2, "\n"}, {3, " sea"},
                         {4, " 海"},   {5, " I"},   {6, " A"}, {7, " No"}};
}

} // namespace support
