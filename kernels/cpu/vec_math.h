#pragma once

// Element-wise functions over sixteen lanes, the same for every instruction set. At most 2 ulp off.

namespace kernels::cpu
{

/// Runs op(offset, count) over n elements, sixteen at a time; the last count may be less.
template <class Op>
[[gnu::always_inline]] inline void forLanes(int n, Op op)
{
    int i = 0;
    for (; i + 16 <= n; i += 16)
        op(i, 16);
    if (i < n) op(i, n - i);
}

template <class V>
[[gnu::always_inline]] inline typename V::F loadUpTo(const float *p, int n)
{
    return n == 16 ? V::load(p) : V::loadFirst(p, n);
}

template <class V>
[[gnu::always_inline]] inline void storeUpTo(float *p, typename V::F x, int n)
{
    if (n == 16)
        V::store(p, x);
    else
        V::storeFirst(p, x, n);
}

/// x = n ln 2 + r with whole n and |r| <= ln(2) / 2.
template <class V>
[[gnu::always_inline]] inline void reduceByLn2(typename V::F x, typename V::F &n, typename V::F &r)
{
    const auto magic = V::set(12582912.0F); // 1.5 * 2^23: adding it rounds to a whole number
    n = V::sub(V::add(V::mul(x, V::set(1.44269504F)), magic), magic);
    r = V::fma(n, V::set(-0.693359375F), x); // ln 2 in two parts, the first exact in n * ln2
    r = V::fma(n, V::set(2.12194440e-4F), r);
}

/// (exp(r) - 1 - r) / r^2 by its power series, for |r| <= ln(2) / 2.
template <class V>
[[gnu::always_inline]] inline typename V::F expTail(typename V::F r)
{
    auto p = V::set(1.0F / 5040);
    p = V::fma(p, r, V::set(1.0F / 720));
    p = V::fma(p, r, V::set(1.0F / 120));
    p = V::fma(p, r, V::set(1.0F / 24));
    p = V::fma(p, r, V::set(1.0F / 6));
    return V::fma(p, r, V::set(0.5F));
}

/// exp(x); below -86.6 it is 0, above 88.72 infinity. NaN stays NaN.
template <class V>
[[gnu::always_inline]] inline typename V::F exp(typename V::F x)
{
    typename V::F n, r;
    const auto low = V::set(-86.6F), high = V::set(88.7228F);
    reduceByLn2<V>(V::min(high, V::max(low, x)), n, r);
    const auto p = V::add(V::fma(expTail<V>(r), V::mul(r, r), r), V::set(1.0F));
    const auto half = V::power2(V::sub(n, V::set(1.0F))); // 2^n itself could overflow
    auto y = V::mul(V::mul(p, half), V::set(2.0F));
    y = V::select(V::less(x, low), V::zero(), y);
    return V::select(V::less(high, x), V::set(__builtin_inff()), y);
}

template <class V>
[[gnu::always_inline]] inline typename V::F sigmoid(typename V::F x)
{
    const auto one = V::set(1.0F);
    return V::div(one, V::add(one, exp<V>(V::sub(V::zero(), x))));
}

/// tanh(x) = e / (e + 2) with e = exp(2 |x|) - 1, which keeps small x exact.
template <class V>
[[gnu::always_inline]] inline typename V::F tanh(typename V::F x)
{
    typename V::F n, r;
    const auto negative = V::less(x, V::zero());
    const auto magnitude = V::select(negative, V::sub(V::zero(), x), x);
    reduceByLn2<V>(V::min(V::set(40.0F), V::mul(V::set(2.0F), magnitude)), n, r);
    const auto scale = V::power2(n);
    const auto tail = V::fma(expTail<V>(r), V::mul(r, r), r);
    const auto e = V::fma(scale, tail, V::sub(scale, V::set(1.0F)));
    const auto y = V::div(e, V::add(e, V::set(2.0F)));
    return V::select(negative, V::sub(V::zero(), y), y);
}

/// Sum of p[0 .. n): sixteen lanes in order, then the lanes.
template <class V>
[[gnu::always_inline]] inline float sumOf(const float *p, int n)
{
    auto total = V::zero();
    forLanes(n, [&](int i, int count) { total = V::add(total, loadUpTo<V>(p + i, count)); });
    return V::sum(total);
}

} // namespace kernels::cpu
