#include "support/kernel_device.h"

#include <QTest>

using namespace kernels;
using namespace test;

namespace
{

std::vector<float> run(Device &device, int rows, int R, const std::vector<float> &p,
                       const std::vector<float> &matrix)
{
    const Floats dp(device, p), dMatrix(device, matrix), q(device, std::vector<float>(p.size(), NAN));
    device.rowProduct({dp.view(rows, R), dMatrix.view(rows, R, R), q.view(rows, R)});
    return q.host();
}

} // namespace

class TestRowProduct : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matchesTheEquation_data() { addCodePaths(); }
    void matchesTheEquation();
};

void TestRowProduct::matchesTheEquation()
{
    QFETCH(QString, path);
    const auto device = openPath(path);
    if (!device) QSKIP("this machine lacks the instructions");
    for (const int R : {1, 12, 32, 40})
        for (const int rows : {0, 1, 90}) {
            Random random(17);
            const std::vector<float> p = random.normals(static_cast<std::size_t>(rows * R));
            const std::vector<float> matrix = random.normals(static_cast<std::size_t>(rows * R * R));
            std::vector<Bounded> want;
            for (int row = 0; row < rows; ++row)
                for (int j = 0; j < R; ++j) {
                    double sum = 0, magnitude = 0;
                    for (int i = 0; i < R; ++i) {
                        const double term =
                            static_cast<double>(p[static_cast<std::size_t>(row * R + i)]) *
                            static_cast<double>(matrix[static_cast<std::size_t>((row * R + i) * R + j)]);
                        sum += term;
                        magnitude += std::abs(term);
                    }
                    want.push_back({sum, (R + 1) * kEps * magnitude});
                }
            const std::vector<float> got = run(*device, rows, R, p, matrix);
            const QString difference = firstDifference(got, want);
            QVERIFY2(difference.isEmpty(), qPrintable(difference));
            if (rows < 2) continue;
            const std::vector<float> alone =
                run(*device, 1, R, {p.end() - R, p.end()}, {matrix.end() - R * R, matrix.end()});
            QVERIFY(sameBits(alone, {got.end() - R, got.end()}));
        }
}

QTEST_APPLESS_MAIN(TestRowProduct)
#include "tst_row_product.moc"
