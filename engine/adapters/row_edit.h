#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace engine::adapters
{

/// What an adapter does to the rows of one matrix W [out, in]. Every kind changes a row without the others,
/// in float64; only DoRA must see all rows first. Thread: edit() any number at once.
class RowEdit
{
public:
    virtual ~RowEdit() = default;
    /// Changes row `row`, `w` [in].
    virtual void edit(std::int64_t row, std::span<double> w) const = 0;
    /// True: before the first edit(), look() wants every row as the edits before this one leave it.
    virtual bool looksFirst() const { return false; }
    virtual void look(std::span<const double>) {}
};

using RowEdits = std::vector<std::unique_ptr<RowEdit>>;

} // namespace engine::adapters
