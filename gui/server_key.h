#pragma once

#include <QString>

namespace gui
{

/// The key in `path`: its first line, 1 to 512 bytes. Empty where there is none.
QString readServerKey(const QString &path);

/// Makes a new key and keeps it in `path`, which only this user can read. Empty if it cannot be written; the
/// file is as before then.
QString makeServerKey(const QString &path);

} // namespace gui
