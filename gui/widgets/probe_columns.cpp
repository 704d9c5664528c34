#include "gui/widgets/probe_columns.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QStyle>
#include <QTextCursor>
#include <QVBoxLayout>

namespace gui
{
namespace
{

constexpr int kLeastColumn = 250;
constexpr int kLeastText = 40;

QString phaseText(const ProbeAnswer &answer)
{
    switch (answer.phase) {
    case ProbeAnswer::Phase::Opening:
        return ProbeColumns::tr("Opening…");
    case ProbeAnswer::Phase::Reading:
        return ProbeColumns::tr("Reading…");
    case ProbeAnswer::Phase::Writing:
        return ProbeColumns::tr("Writing… %n token(s)", nullptr, answer.tokens);
    case ProbeAnswer::Phase::Done:
        return ProbeColumns::tr("Done, %n token(s)", nullptr, answer.tokens);
    case ProbeAnswer::Phase::Stopped:
        return ProbeColumns::tr("Stopped");
    case ProbeAnswer::Phase::Failed:
        return ProbeColumns::tr("Could not answer");
    }
    return {};
}

/// An answer begins where its text does.
QString shownText(const ProbeAnswer &answer)
{
    if (answer.phase == ProbeAnswer::Phase::Failed && answer.text.isEmpty()) return answer.problem;
    qsizetype begin = 0;
    while (begin < answer.text.size() && answer.text[begin].isSpace())
        ++begin;
    QString text = answer.text.mid(begin);
    if (answer.phase == ProbeAnswer::Phase::Failed) text += QStringLiteral("\n\n") + answer.problem;
    return text;
}

} // namespace

ProbeColumns::ProbeColumns(StateProbe &probe, const QString &name, QWidget *parent)
    : QWidget(parent)
    , m_probe(probe)
    , m_name(name)
    , m_stack(new QStackedWidget(this))
    , m_hint(new QLabel(this))
    , m_scroll(new QScrollArea(this))
{
    m_hint->setObjectName(name + QStringLiteral(".hint"));
    m_hint->setAlignment(Qt::AlignCenter);
    m_hint->setWordWrap(true);
    m_hint->setProperty("dim", true);
    m_hint->setMargin(32);
    auto *empty = new QFrame(this);
    empty->setProperty("card", true);
    auto *middle = new QVBoxLayout(empty);
    middle->addWidget(m_hint);
    m_scroll->setObjectName(QStringLiteral("probe.scroll"));
    m_scroll->setWidgetResizable(true);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_stack->addWidget(empty);
    m_stack->addWidget(m_scroll);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_stack);
    connect(&m_probe, &StateProbe::begun, this, &ProbeColumns::rebuild);
    connect(&m_probe, &StateProbe::answerChanged, this, &ProbeColumns::showAnswer);
}

void ProbeColumns::setHint(const QString &text) { m_hint->setText(text); }

void ProbeColumns::rebuild()
{
    m_columns.clear();
    auto *row = new QWidget;
    row->setObjectName(QStringLiteral("probe.row"));
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    for (int i = 0; i < m_probe.count(); ++i)
        layout->addWidget(buildColumn(i), 1);
    m_scroll->setWidget(row); // deletes the one before
    m_stack->setCurrentIndex(m_probe.count() > 0 ? 1 : 0);
    for (int i = 0; i < m_probe.count(); ++i)
        showAnswer(i);
}

QWidget *ProbeColumns::buildColumn(int index)
{
    const ProbeVoice &voice = m_probe.voice(index);
    const QString name = m_name + QStringLiteral(".%1").arg(index);
    auto *card = new QFrame;
    card->setProperty("card", true);
    auto *title = new QLabel(voice.name, card);
    title->setObjectName(name + QStringLiteral(".name"));
    title->setProperty("heading", true);
    title->setTextFormat(Qt::PlainText);
    title->setWordWrap(true);
    auto *phase = new QLabel(card);
    phase->setObjectName(name + QStringLiteral(".phase"));
    phase->setProperty("dim", true);
    auto *text = new QPlainTextEdit(card);
    text->setObjectName(name + QStringLiteral(".text"));
    text->setReadOnly(true);
    text->setMinimumSize(kLeastColumn, kLeastText);
    text->setFrameShape(QFrame::NoFrame);
    text->setProperty("plain", true);
    text->setAccessibleName(tr("Answer of %1").arg(voice.name));
    auto *use = new QPushButton(tr("Use in a chat"), card);
    use->setObjectName(name + QStringLiteral(".use"));
    use->setEnabled(!voice.isBlend());
    use->setToolTip(voice.isBlend()        ? tr("Bake the blend into a file first; then it can begin chats.")
                    : voice.path.isEmpty() ? tr("Begins a new chat.")
                                           : tr("Begins a new chat from this state."));
    connect(use, &QPushButton::clicked, this, [this, path = voice.path] { Q_EMIT useRequested(path); });
    auto *foot = new QHBoxLayout;
    foot->addWidget(phase, 1);
    foot->addWidget(use);
    auto *column = new QVBoxLayout(card);
    column->setContentsMargins(14, 10, 12, 10);
    column->setSpacing(6);
    column->addWidget(title);
    column->addWidget(text, 1);
    column->addLayout(foot);
    m_columns.push_back({phase, text});
    return card;
}

void ProbeColumns::showAnswer(int index)
{
    if (index >= int(m_columns.size())) return;
    const ProbeAnswer &answer = m_probe.answer(index);
    const Column &column = m_columns[std::size_t(index)];
    column.phase->setText(phaseText(answer));
    const bool isBad = answer.phase == ProbeAnswer::Phase::Failed;
    if (column.phase->property("bad").toBool() != isBad) {
        column.phase->setProperty("dim", !isBad);
        column.phase->setProperty("bad", isBad);
        column.phase->style()->unpolish(column.phase);
        column.phase->style()->polish(column.phase);
    }
    const QString now = shownText(answer);
    const QString before = column.text->toPlainText();
    if (now == before) return;
    if (!now.startsWith(before)) {
        column.text->setPlainText(now);
        return;
    }
    QTextCursor end(column.text->document()); // leaves selection and scrolling as they are
    end.movePosition(QTextCursor::End);
    end.insertText(now.mid(before.size()));
}

} // namespace gui
