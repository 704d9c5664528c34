#include "gui/widgets/next_token_table.h"
#include "gui/mixer/mix_desk.h"
#include "gui/mixer/mix_preview.h"
#include "gui/theme.h"
#include "gui/widgets/table_style.h"

#include <QEvent>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace gui
{
namespace
{

constexpr int kShareRole = Qt::UserRole, kColorRole = Qt::UserRole + 1;

/// A probability as a bar behind its figure.
class ShareDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const QVariant share = index.data(kShareRole);
        if (share.isValid()) {
            QColor color = index.data(kColorRole).value<QColor>();
            color.setAlphaF(0.35F);
            QRectF bar = QRectF(option.rect).adjusted(2, 3, -2, -3);
            bar.setWidth(bar.width() * std::clamp(share.toDouble(), 0.0, 1.0));
            painter->fillRect(bar, color);
        }
        QStyledItemDelegate::paint(painter, option, index);
    }
};

QString shareText(double share)
{
    const double percent = share * 100;
    return QLocale().toString(percent, 'f', percent < 9.95 ? 1 : 0) + QStringLiteral(" %");
}

} // namespace

QString visibleToken(const QString &text)
{
    QString shown = text;
    shown.replace(QLatin1Char('\n'), QChar(0x21B5)).replace(QLatin1Char('\t'), QChar(0x21E5));
    return QChar(0x201C) + shown + QChar(0x201D);
}

NextTokenTable::NextTokenTable(MixDesk &desk, MixPreview &preview, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_preview(preview)
    , m_note(new QLabel(this))
    , m_table(new QTableWidget(this))
{
    setObjectName(QStringLiteral("mixer.next"));
    auto *title = new QLabel(tr("Next token"), this);
    title->setProperty("heading", true);
    title->setToolTip(
        tr("What the mix would say next, before sampling: how probable each token is in the blend "
           "and to each voice alone. It follows the faders."));
    m_note->setObjectName(QStringLiteral("mixer.next.note"));
    m_note->setProperty("dim", true);
    m_note->setWordWrap(true);
    m_note->setTextFormat(Qt::PlainText);
    m_table->setObjectName(QStringLiteral("mixer.next.table"));
    m_table->setAccessibleName(tr("Next token"));
    styleTable(m_table);
    m_table->setSortingEnabled(false);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setItemDelegate(new ShareDelegate(m_table));
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(title);
    column->addWidget(m_note);
    column->addWidget(m_table, 1);
    connect(&m_preview, &MixPreview::changed, this, &NextTokenTable::refresh);
    connect(&m_desk.model(), &MixerModel::shown, this, &NextTokenTable::refresh);
    refresh();
}

void NextTokenTable::setCell(int row, int column, double share, int voice)
{
    auto *item = new QTableWidgetItem(shareText(share));
    item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    item->setData(kShareRole, share);
    const auto &series = tokens().series;
    item->setData(kColorRole, voice < 0 ? tokens().accent : series[std::size_t(voice) % series.size()]);
    m_table->setItem(row, column, item);
}

void NextTokenTable::refresh()
{
    const Mix &mix = m_desk.model().mix();
    const QVector<NextToken> &next = m_preview.tokens();
    const bool isShown = !next.isEmpty() && next.first().voices.size() == mix.voices.size();
    m_table->setVisible(isShown);
    QString note;
    if (!m_preview.problem().isEmpty())
        note = m_preview.problem();
    else if (m_preview.isReading())
        note = tr("Reading…");
    else if (!isShown)
        note = tr("Type something below: what the mix would begin its answer with is shown here.");
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    if (!isShown) return;
    QStringList headers = {tr("Token"), tr("Mix", "the blend of all voices")};
    for (const MixVoice &voice : mix.voices)
        headers += voice.name;
    m_table->setColumnCount(int(headers.size()));
    m_table->setHorizontalHeaderLabels(headers);
    m_table->setRowCount(int(next.size()));
    for (int row = 0; row < next.size(); ++row) {
        const QString text = m_preview.textOf(next[row].id);
        auto *name = new QTableWidgetItem(text.isEmpty() ? tr("#%1", "a token's number").arg(next[row].id)
                                                         : visibleToken(text));
        name->setToolTip(tr("Token %1").arg(next[row].id));
        m_table->setItem(row, 0, name);
        setCell(row, 1, next[row].mix, -1);
        for (int voice = 0; voice < next[row].voices.size(); ++voice)
            setCell(row, 2 + voice, next[row].voices[voice], voice);
    }
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(true);
}

void NextTokenTable::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_table) refresh(); // cells hold colours
}

} // namespace gui
