#pragma once

#include <string>

namespace cli
{

class Printer;

/// The API key in a file: its first line. Where there is no file, a new key is made, written for this user
/// only and shown once. Throws engine::Error(FileUnreadable, BadFile, CannotWrite).
std::string readOrMakeKey(const std::string &path, Printer &printer);

} // namespace cli
