#include "kernels/gpu/emulator/block.h"

#include "kernels/gpu/emulator/fiber.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <vector>

namespace kernels::gpu::emulator
{

namespace
{

enum class Wait : std::uint8_t { Nothing, Block, Warp, Done };

struct Thread {
    Fiber fiber;
    Dim3 index;
    Wait wait = Wait::Nothing;
    int turn = 0; ///< which of its two numbers the next exchange uses
    std::uint64_t offered[2] = {};
};

/// The block that this OS thread is running.
class Block final
{
public:
    std::string run(const Behaviour &behaviour, Dim3 size, const std::function<void()> &kernel);
    Thread &current() { return *m_threads[m_current]; }
    unsigned currentIndex() const { return m_current; }
    const Thread &other(unsigned index) const { return *m_threads[index]; }
    unsigned warp() const { return static_cast<unsigned>(m_behaviour.warp); }

    void wait(Wait what)
    {
        current().wait = what;
        current().fiber.giveWay();
    }
    /// Ends the kernel: no thread of the block runs on, so nothing that was made on the way here is
    /// destroyed.
    void failOver(unsigned width)
    {
        tellOf(width);
        current().fiber.giveWay();
    }
    void tellOf(unsigned width)
    {
        m_fault = "a shuffle over " + std::to_string(width) + " lanes where a warp has " +
                  std::to_string(warp()) + " (block " + std::to_string(place.block.x) + "," +
                  std::to_string(place.block.y) + "," + std::to_string(place.block.z) + ", thread " +
                  std::to_string(m_current) + ")";
    }
    void shuffle(std::vector<unsigned> &order)
    {
        for (std::size_t i = order.size(); i > 1; --i) {
            m_random = m_random * 6364136223846793005U + 1442695040888963407U;
            std::swap(order[i - 1], order[(m_random >> 33) % i]);
        }
    }

private:
    static void enter(void *self);
    void begin(Dim3 size);
    void runReady();
    bool releaseWarps();
    bool releaseBlock();

    Behaviour m_behaviour;
    const std::function<void()> *m_kernel = nullptr;
    std::vector<std::unique_ptr<Thread>> m_threads; ///< as many as the largest block needed
    unsigned m_count = 0, m_current = 0;
    std::vector<unsigned> m_order;
    std::uint64_t m_random = 1;
    std::string m_fault;
};

thread_local Block t_block;

void Block::enter(void *self)
{
    auto *block = static_cast<Block *>(self);
    (*block->m_kernel)();
    block->current().wait = Wait::Done;
}

void Block::begin(Dim3 size)
{
    m_count = size.count();
    while (m_threads.size() < m_count)
        m_threads.push_back(std::make_unique<Thread>());
    m_order.resize(m_count);
    std::iota(m_order.begin(), m_order.end(), 0U);
    if (m_behaviour.order == Order::Reversed) std::reverse(m_order.begin(), m_order.end());
    for (unsigned i = 0; i < m_count; ++i) {
        Thread &thread = *m_threads[i];
        thread.index = {i % size.x, i / size.x % size.y, i / (size.x * size.y)};
        thread.wait = Wait::Nothing;
        thread.turn = 0;
        thread.fiber.start(&Block::enter, this);
    }
}

/// Every thread that may run does so until it waits.
void Block::runReady()
{
    if (m_behaviour.order == Order::Shuffled) shuffle(m_order);
    for (const unsigned i : m_order) {
        Thread &thread = *m_threads[i];
        if (thread.wait != Wait::Nothing) continue;
        m_current = i;
        place.thread = thread.index;
        thread.fiber.resume();
        if (!m_fault.empty()) return;
    }
}

/// Lets warps go on whose lanes have all arrived. A warp of which only some have is a fault: nobody can come
/// any more, as all that could run have run. False if no warp was waiting.
bool Block::releaseWarps()
{
    bool moved = false;
    for (unsigned first = 0; first < m_count; first += warp()) {
        const unsigned end = std::min(m_count, first + warp());
        unsigned here = 0;
        for (unsigned i = first; i < end; ++i)
            here += m_threads[i]->wait == Wait::Warp;
        if (here == 0) continue;
        for (unsigned i = first; i < end; ++i) {
            m_current = i;
            if (m_threads[i]->wait == Wait::Warp) continue;
            m_fault = "a shuffle that lane " + std::to_string(i - first) + " of warp " +
                      std::to_string(first / warp()) + " in block " + std::to_string(place.block.x) +
                      " did not reach";
            return false;
        }
        for (unsigned i = first; i < end; ++i)
            m_threads[i]->wait = Wait::Nothing;
        moved = true;
    }
    return moved;
}

/// Lets the block go on behind its barrier; false if it is done or a thread is missing.
bool Block::releaseBlock()
{
    unsigned done = 0;
    for (unsigned i = 0; i < m_count; ++i)
        done += m_threads[i]->wait == Wait::Done;
    if (done == m_count) return false;
    if (done > 0) {
        m_fault = "a barrier that " + std::to_string(done) + " of " + std::to_string(m_count) +
                  " threads of block " + std::to_string(place.block.x) + " did not reach";
        return false;
    }
    for (unsigned i = 0; i < m_count; ++i)
        m_threads[i]->wait = Wait::Nothing;
    return true;
}

std::string Block::run(const Behaviour &behaviour, Dim3 size, const std::function<void()> &kernel)
{
    m_behaviour = behaviour;
    m_kernel = &kernel;
    m_fault.clear();
    begin(size);
    do {
        runReady();
    } while (m_fault.empty() && (releaseWarps() || (m_fault.empty() && releaseBlock())));
    return m_fault;
}

} // namespace

std::string runGrid(const Behaviour &behaviour, Dim3 grid, Dim3 block, const std::function<void()> &kernel)
{
    const unsigned blocks = grid.count();
    std::vector<unsigned> order(blocks);
    std::iota(order.begin(), order.end(), 0U);
    if (behaviour.order == Order::Reversed) std::reverse(order.begin(), order.end());
    if (behaviour.order == Order::Shuffled) t_block.shuffle(order);
    place.gridSize = grid;
    place.blockSize = block;
    for (const unsigned i : order) {
        place.block = {i % grid.x, i / grid.x % grid.y, i / (grid.x * grid.y)};
        if (std::string fault = t_block.run(behaviour, block, kernel); !fault.empty()) return fault;
    }
    return {};
}

void waitForBlock() { t_block.wait(Wait::Block); }

std::uint64_t exchange(std::uint64_t value, unsigned lane, unsigned width)
{
    if (width > t_block.warp()) t_block.failOver(width);
    Thread &self = t_block.current();
    const unsigned first = t_block.currentIndex() / width * width;
    const int turn = self.turn;
    self.offered[turn] = value;
    self.turn = 1 - turn; // the other lanes may read this one until they wait for the next exchange
    t_block.wait(Wait::Warp);
    return t_block.other(first + lane % width).offered[turn];
}

unsigned laneOf(unsigned width) { return t_block.currentIndex() % width; }

} // namespace kernels::gpu::emulator
