#pragma once

#include "engine/error.h"

#include <exception>
#include <new>

namespace engine
{

/// The exception being handled, as the Error that clients are told. Only inside a catch block.
inline Error currentError()
{
    try {
        throw;
    } catch (const Error &e) {
        return e;
    } catch (const std::bad_alloc &) {
        return {ErrorCode::OutOfMemory, "the program ran out of memory"};
    } catch (const std::exception &e) {
        return {ErrorCode::Internal, std::string("unexpected error: ") + e.what()};
    } catch (...) {
        return {ErrorCode::Internal, "unexpected error of an unknown kind"};
    }
}

} // namespace engine
