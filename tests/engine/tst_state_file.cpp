#include "engine/error.h"
#include "engine/files/tensor_file.h"
#include "engine/state_file.h"
#include "support/thrown_error.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <cstring>
#include <limits>
#include <sys/resource.h>

using engine::ErrorCode;
using engine::SavedState;

namespace
{

engine::StateOwner makeOwner()
{
    engine::StateOwner owner;
    owner.model = "goose";
    owner.fingerprint = "0123456789abcdef";
    owner.vocabulary = 20;
    owner.spec.layout = "test: shift, matrix";
    owner.spec.floatsPerSlot = 3 + 8;
    owner.spec.parts = {{"blocks.0.att.shift_state", {3}, 0}, {"blocks.0.att.time_state", {2, 2, 2}, 3}};
    return owner;
}

SavedState makeState()
{
    SavedState state;
    state.state = {0.0F, -0.0F, 1e-42F, 1, 2, 3, 4, -5, 6e30F, 0.1F, std::numeric_limits<float>::max()};
    state.logits.assign(20, 0.25F);
    state.logits[7] = -3;
    state.tokens = {0, 19, 7, 7};
    state.transcript = "User: h\xC3\xA9\n\nAssistant: \xE9\xB5\x9D \"\\";
    state.note = "a \"note\"\n\xE9\xB5\x9D";
    return state;
}

bool sameBits(const std::vector<float> &a, const std::vector<float> &b)
{
    return a.size() == b.size() &&
           (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

bool same(const SavedState &a, const SavedState &b)
{
    return sameBits(a.state, b.state) && sameBits(a.logits, b.logits) && a.tokens == b.tokens &&
           a.transcript == b.transcript && a.note == b.note;
}

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

SavedState read(const QByteArray &bytes)
{
    return engine::readStateBytes(std::as_bytes(std::span(bytes.constData(), std::size_t(bytes.size()))),
                                  "chat.state", makeOwner());
}

void overwrite(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes), bytes.size());
}

} // namespace

class TestStateFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void returnsWhatWasWritten();
    void leavesOutWhatIsEmpty();
    void isReadableAsSafetensors();
    void refusesEveryTruncation();
    void noticesEveryFlippedBit();
    void refusesOtherModels_data();
    void refusesOtherModels();
    void refusesImpossibleNumbers();
    void refusesOtherFiles();
    void keepsTheOldFileWhenTheDiskIsFull();
    void refusesImpossiblePlaces_data();
    void refusesImpossiblePlaces();
    void followsLinksAndKeepsPermissions();
    void refusesTooLongANote();

private:
    std::string path() const { return m_path.toStdString(); }
    QStringList files() const
    {
        return QDir(m_folder->path()).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

void TestStateFile::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    m_path = m_folder->filePath("chat.state");
}

void TestStateFile::returnsWhatWasWritten()
{
    const std::uint64_t bytes = engine::writeStateFile(path(), makeState(), makeOwner());
    QCOMPARE(bytes, std::uint64_t(QFileInfo(m_path).size()));
    QVERIFY(same(engine::readStateFile(path(), makeOwner()), makeState()));
    QCOMPARE(files(), QStringList{"chat.state"});
}

void TestStateFile::leavesOutWhatIsEmpty()
{
    SavedState state;
    state.state = makeState().state;
    engine::writeStateFile(path(), state, makeOwner());
    QVERIFY(same(engine::readStateFile(path(), makeOwner()), state));
    QCOMPARE(engine::TensorFile::open(path())->tensors().size(), std::size_t(2));
}

void TestStateFile::isReadableAsSafetensors()
{
    engine::writeStateFile(path(), makeState(), makeOwner());
    const auto file = engine::TensorFile::open(path());
    QCOMPARE(file->container(), "safetensors");
    const engine::TensorEntry *matrix = file->find("blocks.0.att.time_state");
    QVERIFY(matrix);
    QCOMPARE(matrix->shape, (std::vector<std::int64_t>{2, 2, 2}));
    std::vector<float> numbers(8);
    file->read(*matrix, 0, std::as_writable_bytes(std::span(numbers)));
    QCOMPARE(numbers[0], 1.0F);
    QCOMPARE(numbers[6], 0.1F);
    QCOMPARE(file->metadata().at("format"), std::string("rookery state"));
    QCOMPARE(file->metadata().at("model"), std::string("goose"));
}

void TestStateFile::refusesEveryTruncation()
{
    engine::writeStateFile(path(), makeState(), makeOwner());
    const QByteArray whole = contents(m_path);
    for (qsizetype length = 0; length < whole.size(); ++length) {
        const engine::Error error = support::errorOf([&] { read(whole.first(length)); });
        QVERIFY2(error.code() == ErrorCode::BadState, qPrintable(QString::number(length)));
        QVERIFY(!error.message().empty());
    }
}

/// The checksum covers everything that counts: a damaged file is refused, or the damage was in the padding.
void TestStateFile::noticesEveryFlippedBit()
{
    engine::writeStateFile(path(), makeState(), makeOwner());
    const QByteArray whole = contents(m_path);
    int refused = 0;
    for (qsizetype i = 0; i < whole.size() * 8; ++i) {
        QByteArray damaged = whole;
        damaged[i / 8] = char(damaged[i / 8] ^ (1 << (i % 8)));
        SavedState state;
        const engine::Error error = support::errorOf([&] { state = read(damaged); });
        if (error.code() == ErrorCode::BadState)
            ++refused;
        else
            QVERIFY2(error.code() == ErrorCode::None && same(state, makeState()),
                     qPrintable(QString::number(i)));
    }
    QVERIFY2(refused > whole.size() * 8 - 100, qPrintable(QString::number(refused)));
}

void TestStateFile::refusesOtherModels_data()
{
    QTest::addColumn<QString>("change");
    QTest::addColumn<QString>("message");
    QTest::newRow("fingerprint")
        << "fingerprint"
        << "it belongs to the model 'goose' (0123456789abcdef), loaded is 'finch' (f00)";
    QTest::newRow("layout") << "layout"
                            << "expected the layout 'other', found 'test: shift, matrix'";
    QTest::newRow("shape") << "shape"
                           << "blocks.0.att.shift_state: expected [4], found [3]";
    QTest::newRow("layers") << "layers"
                            << "blocks.1.att.shift_state is missing";
    QTest::newRow("vocabulary") << "vocabulary"
                                << "rookery.logits: expected 19 numbers, found 20";
}

void TestStateFile::refusesOtherModels()
{
    QFETCH(QString, change);
    QFETCH(QString, message);
    engine::writeStateFile(path(), makeState(), makeOwner());
    engine::StateOwner other = makeOwner();
    other.model = "finch";
    if (change == "fingerprint") other.fingerprint = "f00";
    if (change == "layout") other.spec.layout = "other";
    if (change == "shape") other.spec.parts[0].shape = {4};
    if (change == "layers") other.spec.parts.push_back({"blocks.1.att.shift_state", {3}, 11});
    if (change == "vocabulary") other.vocabulary = 19;
    const engine::Error error = support::errorOf([&] { engine::readStateFile(path(), other); });
    QCOMPARE(error.code(), ErrorCode::BadState);
    QVERIFY2(QString::fromStdString(error.message()).contains(message), error.message().c_str());
}

void TestStateFile::refusesImpossibleNumbers()
{
    const auto messageFor = [this](const SavedState &state) {
        engine::writeStateFile(path(), state, makeOwner());
        const engine::Error error = support::errorOf([&] { engine::readStateFile(path(), makeOwner()); });
        return QString::fromStdString(error.code() == ErrorCode::BadState ? error.message() : "");
    };
    SavedState state = makeState();
    state.state[4] = std::numeric_limits<float>::quiet_NaN();
    QVERIFY(messageFor(state).contains("blocks.0.att.time_state: expected finite numbers"));
    state = makeState();
    state.logits[4] = std::numeric_limits<float>::infinity();
    QVERIFY(messageFor(state).contains("rookery.logits: expected finite numbers"));
    state = makeState();
    state.tokens[1] = 20;
    QVERIFY(messageFor(state).contains("rookery.tokens: expected ids below 20, found 20"));
    state.tokens[1] = -1;
    QVERIFY(messageFor(state).contains("found -1"));
}

void TestStateFile::refusesOtherFiles()
{
    QCOMPARE(support::errorOf([&] { engine::readStateFile(path(), makeOwner()); }).code(),
             ErrorCode::FileNotFound);
    overwrite(m_path, "certainly not a state, although it is long enough for a header");
    QCOMPARE(support::errorOf([&] { engine::readStateFile(path(), makeOwner()); }).code(),
             ErrorCode::BadState);
}

void TestStateFile::keepsTheOldFileWhenTheDiskIsFull()
{
    engine::writeStateFile(path(), makeState(), makeOwner());
    const QByteArray before = contents(m_path);
    SavedState larger = makeState();
    larger.transcript.assign(1 << 20, 'x');

    // A limit on the size of files fails writes as a full disk does.
    const auto oldHandler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    QCOMPARE(getrlimit(RLIMIT_FSIZE, &old), 0);
    rlimit small = old;
    small.rlim_cur = 65536;
    QCOMPARE(setrlimit(RLIMIT_FSIZE, &small), 0);
    const engine::Error error =
        support::errorOf([&] { engine::writeStateFile(path(), larger, makeOwner()); });
    setrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, oldHandler);

    QCOMPARE(error.code(), ErrorCode::CannotWrite);
    QVERIFY2(error.message().find("chat.state' cannot be written: ") != std::string::npos,
             error.message().c_str());
    QCOMPARE(contents(m_path), before);
    QCOMPARE(files(), QStringList{"chat.state"});
}

void TestStateFile::refusesImpossiblePlaces_data()
{
    QTest::addColumn<QString>("path");
    QTest::newRow("no such folder") << "missing/chat.state";
    QTest::newRow("a folder") << ".";
    QTest::newRow("a device") << "/dev/full";
    QTest::newRow("a name too long") << QString(300, 'x');
    QTest::newRow("no name") << "missing/";
    QTest::newRow("nothing") << "";
}

void TestStateFile::refusesImpossiblePlaces()
{
    QFETCH(QString, path);
    const QString full = path.isEmpty() || path.startsWith('/') ? path : m_folder->filePath(path);
    const engine::Error error =
        support::errorOf([&] { engine::writeStateFile(full.toStdString(), makeState(), makeOwner()); });
    QCOMPARE(error.code(), ErrorCode::CannotWrite);
    QVERIFY(files().isEmpty());
}

void TestStateFile::followsLinksAndKeepsPermissions()
{
    const QString real = m_folder->filePath("real.state");
    overwrite(real, "old");
    QVERIFY(QFile::setPermissions(real, QFileDevice::ReadOwner | QFileDevice::WriteOwner));
    QVERIFY(QFile::link("real.state", m_path));
    engine::writeStateFile(path(), makeState(), makeOwner());
    QVERIFY(QFileInfo(m_path).isSymLink());
    QVERIFY(same(engine::readStateFile(real.toStdString(), makeOwner()), makeState()));
    QVERIFY(!(QFile::permissions(real) & (QFileDevice::ReadGroup | QFileDevice::ReadOther)));
}

void TestStateFile::refusesTooLongANote()
{
    SavedState state = makeState();
    state.note.assign(SavedState::kLongestNote + 1, 'x');
    const engine::Error error = support::errorOf([&] { engine::writeStateFile(path(), state, makeOwner()); });
    QCOMPARE(error.code(), ErrorCode::BadRequest);
    QVERIFY(files().isEmpty());
}

QTEST_APPLESS_MAIN(TestStateFile)
#include "tst_state_file.moc"
