#include "kernels/gpu/emulator/fiber.h"

#include "kernels/gpu/emulator/sanitizers.h"

#include <cstdint>
#include <cstdlib>
#include <new>

// On x86-64 nine instructions switch stacks in some ten nanoseconds; ucontext takes a system call to do it.
#if defined(__x86_64__) && !defined(ROOKERY_EMULATOR_UCONTEXT)
#define ROOKERY_OWN_SWITCH 1
#else
#include <ucontext.h>
#endif

namespace kernels::gpu::emulator
{

namespace
{

#ifdef ROOKERY_OWN_SWITCH

extern "C" void rookerySwitchStack(void **save, void *to);

// Keeps what the calling convention says a function keeps, and leaves by the other stack's return address.
asm(R"(
.text
.globl rookerySwitchStack
.hidden rookerySwitchStack
.type rookerySwitchStack, @function
rookerySwitchStack:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
.size rookerySwitchStack, .-rookerySwitchStack
)");

/// Where a stack goes on.
using Point = void *;

/// Makes `point` the beginning of a function that never returns.
void prepare(Point &point, void *stack, void (*function)())
{
    constexpr int kSavedRegisters = 6;
    auto **top = reinterpret_cast<void **>(static_cast<char *>(stack) + kStackBytes);
    *--top = nullptr; // the convention wants the stack eight bytes off sixteen when a function begins
    *--top = reinterpret_cast<void *>(function);
    for (int i = 0; i < kSavedRegisters; ++i)
        *--top = nullptr;
    point = top;
}

ROOKERY_UNCOUNTED void change(Point &from, Point &to) { rookerySwitchStack(&from, to); }

#else

using Point = ucontext_t;

void prepare(Point &point, void *stack, void (*function)())
{
    getcontext(&point);
    point.uc_stack.ss_sp = stack;
    point.uc_stack.ss_size = kStackBytes;
    point.uc_link = nullptr;
    makecontext(&point, function, 0);
}

ROOKERY_UNCOUNTED void change(Point &from, Point &to) { swapcontext(&from, &to); }

#endif

} // namespace

struct Fiber::Context {
    void *stack = nullptr;
    Point own, caller;
    Announced announced;
    void (*entry)(void *) = nullptr;
    void *argument = nullptr;
    bool isReady = false; ///< on its stack, begin() waits for the next entry

    static inline thread_local Context *starting = nullptr;
    ROOKERY_UNCOUNTED static void begin()
    {
        Context *self = starting;
        self->announced.afterGiveWay();
        for (;;) {
            self->entry(self->argument);
            self->isReady = true;
            self->giveWay();
        }
    }
    ROOKERY_UNCOUNTED void giveWay()
    {
        announced.beforeGiveWay();
        change(own, caller);
        announced.afterGiveWay();
    }
};

void Fiber::start(void (*entry)(void *), void *argument)
{
    if (!m_context->isReady) {
        m_context->announced.begin(m_context->stack);
        prepare(m_context->own, m_context->stack, &Context::begin);
    }
    m_context->isReady = false;
    m_context->entry = entry;
    m_context->argument = argument;
}

ROOKERY_UNCOUNTED void Fiber::resume()
{
    Context::starting = m_context.get();
    m_context->announced.beforeResume();
    change(m_context->caller, m_context->own);
    m_context->announced.afterResume();
}

ROOKERY_UNCOUNTED void Fiber::giveWay() { m_context->giveWay(); }

Fiber::Fiber()
    : m_context(std::make_unique<Context>())
{
    m_context->stack = std::aligned_alloc(64, kStackBytes);
    if (!m_context->stack) std::abort(); // the machine is at its end
}

Fiber::~Fiber() { std::free(m_context->stack); }

} // namespace kernels::gpu::emulator
