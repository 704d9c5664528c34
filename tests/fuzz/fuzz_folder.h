#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

/// A folder of this process for readers that want names; gone at its end.
class FuzzFolder
{
public:
    explicit FuzzFolder(const std::string &name)
        : m_path(std::filesystem::temp_directory_path() / (name + '.' + std::to_string(getpid())))
    {
        std::filesystem::create_directories(m_path);
    }
    ~FuzzFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    FuzzFolder(const FuzzFolder &) = delete;
    FuzzFolder &operator=(const FuzzFolder &) = delete;

    void write(const char *name, std::string_view bytes) const
    {
        std::filesystem::create_directories((m_path / name).parent_path());
        std::ofstream(m_path / name, std::ios::binary | std::ios::trunc) << bytes;
    }
    void drop(const char *name) const { std::filesystem::remove(m_path / name); }
    std::string path() const { return m_path.string(); }

private:
    std::filesystem::path m_path;
};
