#pragma once

#include "engine/server/options.h"

#include <QString>

#include <vector>

namespace gui
{

/// The key in `path`: its first line, 1 to 512 bytes. Empty where there is none.
QString readServerKey(const QString &path);

/// Makes a new key and keeps it in `path`, which only this user can read. Empty if it cannot be written; the
/// file is as before then.
QString makeServerKey(const QString &path);

/// The keys of single programs in `path`: a line each, the key, a blank and the program's name. Lines that
/// are no such are passed over.
std::vector<server::NamedKey> readServerKeys(const QString &path);

/// Keeps them in `path`, which only this user can read. False if it cannot be written; the file is as before
/// then.
bool writeServerKeys(const QString &path, const std::vector<server::NamedKey> &keys);

/// The origin as browsers send it, "https://chat.example:8443"; empty if `text` is none.
QString originOf(const QString &text);

} // namespace gui
