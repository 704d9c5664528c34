// Each file of the hostile corpus opens cleanly or is refused by name, in bounded time and memory.
#include "support/hostile_formats.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace engine;
using namespace support;

class TestHostileFormats : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void givesTheVerdict_data();
    void givesTheVerdict();

private:
    QTemporaryDir m_folder;
    std::vector<HostileFile> m_files;
};

void TestHostileFormats::initTestCase()
{
    QVERIFY(m_folder.isValid());
    QVERIFY(QDir::setCurrent(m_folder.path())); // where an executed file would leave its CANARY
}

void TestHostileFormats::givesTheVerdict_data()
{
    for (auto &list : {hostileGguf(), hostileGgmf(), hostileLegacy()})
        m_files.insert(m_files.end(), list.begin(), list.end());
    QVERIFY(m_files.size() >= 150);
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < m_files.size(); ++i)
        QTest::newRow(m_files[i].name.c_str()) << int(i);
}

void TestHostileFormats::givesTheVerdict()
{
    QFETCH(int, index);
    const HostileFile &hostile = m_files[std::size_t(index)];
    const QString path = m_folder.filePath(QStringLiteral("file"));
    qint64 size = 0;
    {
        const std::string content = hostile.bytes();
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        size = file.write(content.data(), qsizetype(content.size()));
        QCOMPARE(size, qint64(content.size()));
    }
    const QString problem = problemOfOpening(hostile.verdict, std::size_t(size),
                                             [&] { checkSound(*TensorFile::open(path.toStdString())); });
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

QTEST_APPLESS_MAIN(TestHostileFormats)
#include "tst_hostile_formats.moc"
