#pragma once

// Pieces of pickles (protocol 2, opcodes from CPython's Lib/pickletools.py), to be joined by +.

#include "support/zip_writer.h"

#include <string>
#include <vector>

namespace support::pickle
{

inline const std::string kProto = "\x80\x02";
inline const std::string kStop = ".";
inline const std::string kNone = "N";
inline const std::string kFalse = "\x89";
inline const std::string kTrue = "\x88";

inline std::string text(const std::string &value) { return "X" + little(value.size(), 4) + value; }

/// LONG1 with eight bytes: any 64-bit number.
inline std::string integer(std::int64_t value)
{
    return "\x8A\x08" + little(static_cast<std::uint64_t>(value), 8);
}

inline std::string global(const std::string &module, const std::string &name)
{
    return "c" + module + "\n" + name + "\n";
}

inline std::string joined(const std::vector<std::string> &items)
{
    std::string out;
    for (const std::string &item : items)
        out += item;
    return out;
}

inline std::string tuple(const std::vector<std::string> &items) { return "(" + joined(items) + "t"; }

inline std::string list(const std::vector<std::string> &items) { return "](" + joined(items) + "e"; }

/// Keys and values in turn.
inline std::string dict(const std::vector<std::string> &items) { return "}(" + joined(items) + "u"; }

inline std::string integers(const std::vector<std::int64_t> &values)
{
    std::string out = "(";
    for (const std::int64_t value : values)
        out += integer(value);
    return out + "t";
}

inline std::string call(const std::string &callee, const std::vector<std::string> &arguments)
{
    return callee + tuple(arguments) + "R";
}

inline std::string storage(const std::string &type, const std::string &key, std::int64_t elements,
                           const std::string &location = "cpu")
{
    return tuple({text("storage"), global("torch", type + "Storage"), text(key), text(location),
                  integer(elements)}) +
           "Q";
}

inline std::string tensor(const std::string &storage, std::int64_t offset,
                          const std::vector<std::int64_t> &sizes, const std::vector<std::int64_t> &strides)
{
    return call(global("torch._utils", "_rebuild_tensor_v2"),
                {storage, integer(offset), integers(sizes), integers(strides), kFalse,
                 call(global("collections", "OrderedDict"), {})});
}

/// A file as torch.save writes it: `value` is the piece that describes the root, `storages` the bytes of
/// data/0, 1 ...
inline std::string pth(const std::string &value, const std::vector<std::string> &storages)
{
    std::vector<ZipEntry> entries = {{.name = "model/data.pkl", .content = kProto + value + kStop},
                                     {.name = "model/byteorder", .content = "little"}};
    for (std::size_t i = 0; i < storages.size(); ++i)
        entries.push_back({.name = "model/data/" + std::to_string(i), .content = storages[i], .padding = 7});
    entries.push_back({.name = "model/version", .content = "3\n"});
    return zipFile(entries);
}

/// A file as torch.save wrote it before 1.6. `keys` names the storages in the order of `storages`, each of
/// `widths` bytes an element.
inline std::string legacyPth(const std::string &value, const std::vector<std::string> &keys,
                             const std::vector<std::string> &storages, std::size_t width = 1)
{
    std::string names;
    for (const std::string &key : keys)
        names += text(key);
    std::string out("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03.", 21);
    out += kProto + dict({text("little_endian"), kTrue}) + kStop;
    out += kProto + value + kStop;
    out += kProto + "](" + names + "e" + kStop;
    for (const std::string &storage : storages)
        out += little(storage.size() / width, 8) + storage;
    return out;
}

/// As storage(), with the sixth field of the old form.
inline std::string legacyStorage(const std::string &type, const std::string &key, std::int64_t elements,
                                 const std::string &view = kNone)
{
    return tuple({text("storage"), global("torch", type + "Storage"), text(key), text("cpu"),
                  integer(elements), view}) +
           "Q";
}

} // namespace support::pickle
