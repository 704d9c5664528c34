#include "kernels/gpu/emulator/fiber.h"

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

struct Fiber::Context {
    void *stack = nullptr;
    void *own = nullptr;    ///< stack pointer of the fiber while it waits
    void *caller = nullptr; ///< of who resumed it
    void (*entry)(void *) = nullptr;
    void *argument = nullptr;

    static inline thread_local Context *starting = nullptr;
    [[noreturn]] static void begin()
    {
        Context *self = starting;
        self->entry(self->argument);
        std::abort(); // entry promised not to return
    }
};

void Fiber::start(void (*entry)(void *), void *argument)
{
    m_context->entry = entry;
    m_context->argument = argument;
    constexpr int kSavedRegisters = 6;
    auto **top = reinterpret_cast<void **>(static_cast<char *>(m_context->stack) + kStackBytes);
    *--top = nullptr; // the convention wants the stack eight bytes off sixteen when a function begins
    *--top = reinterpret_cast<void *>(&Context::begin);
    for (int i = 0; i < kSavedRegisters; ++i)
        *--top = nullptr;
    m_context->own = top;
}

void Fiber::resume()
{
    Context::starting = m_context.get();
    rookerySwitchStack(&m_context->caller, m_context->own);
}

void Fiber::giveWay() { rookerySwitchStack(&m_context->own, m_context->caller); }

#else

struct Fiber::Context {
    void *stack = nullptr;
    ucontext_t own, caller;
    void (*entry)(void *) = nullptr;
    void *argument = nullptr;

    static inline thread_local Context *starting = nullptr;
    static void begin()
    {
        Context *self = starting;
        self->entry(self->argument);
        std::abort();
    }
};

void Fiber::start(void (*entry)(void *), void *argument)
{
    m_context->entry = entry;
    m_context->argument = argument;
    getcontext(&m_context->own);
    m_context->own.uc_stack.ss_sp = m_context->stack;
    m_context->own.uc_stack.ss_size = kStackBytes;
    m_context->own.uc_link = nullptr;
    makecontext(&m_context->own, &Context::begin, 0);
}

void Fiber::resume()
{
    Context::starting = m_context.get();
    swapcontext(&m_context->caller, &m_context->own);
}

void Fiber::giveWay() { swapcontext(&m_context->own, &m_context->caller); }

#endif

Fiber::Fiber()
    : m_context(std::make_unique<Context>())
{
    m_context->stack = std::aligned_alloc(64, kStackBytes);
    if (!m_context->stack) std::abort(); // 64 KiB: the machine is at its end
}

Fiber::~Fiber() { std::free(m_context->stack); }

} // namespace kernels::gpu::emulator
