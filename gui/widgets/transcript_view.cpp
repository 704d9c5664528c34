// Layout and painting; mouse, keys and menus are in transcript_input.cpp.
#include "gui/widgets/transcript_view.h"
#include "gui/theme.h"
#include "gui/widgets/message_editor.h"
#include "gui/widgets/transcript_accessible.h"

#include <QElapsedTimer>
#include <QLocale>
#include <QPaintEvent>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace gui
{
namespace
{
constexpr int kMargin = 20;   ///< beside the column
constexpr qreal kBottom = 20; ///< behind the last message
constexpr qreal kNoticeHeight = 44;
constexpr double kNearScreens = 2; ///< rows within so many screens have a document
constexpr double kFarScreens = 5;  ///< rows beyond so many lose theirs
constexpr int kMostFrameMs = 250;
constexpr int kCostShare = 3; ///< at most a third of the time goes into growing text
} // namespace

TranscriptView::TranscriptView(QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_style(TextStyle::current(font()))
    , m_pill(new QPushButton(viewport()))
{
    installTranscriptAccessibility();
    setObjectName(QStringLiteral("chat.transcript"));
    setAccessibleName(tr("Conversation"));
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    m_frameTimer.setSingleShot(true);
    m_frameTimer.setInterval(kFrameMs);
    connect(&m_frameTimer, &QTimer::timeout, this, &TranscriptView::bringUpToDate);
    m_pill->setObjectName(QStringLiteral("chat.pill"));
    m_pill->setProperty("primary", true);
    m_pill->setCursor(Qt::PointingHandCursor);
    m_pill->setFocusPolicy(Qt::NoFocus);
    m_pill->setToolTip(tr("Goes to the end of the conversation"));
    m_pill->hide();
    connect(m_pill, &QPushButton::clicked, this, &TranscriptView::scrollToEnd);
}

TranscriptView::~TranscriptView() = default;

void TranscriptView::setModel(TranscriptModel *model)
{
    if (m_model == model) return;
    if (m_model) disconnect(m_model, nullptr, this, nullptr);
    m_model = model;
    if (m_model) {
        connect(m_model, &QAbstractItemModel::modelReset, this, &TranscriptView::reset);
        connect(m_model, &QAbstractItemModel::rowsInserted, this,
                [this](const QModelIndex &, int first, int last) { rowsInserted(first, last); });
        connect(m_model, &QAbstractItemModel::rowsRemoved, this,
                [this](const QModelIndex &, int first, int last) { rowsRemoved(first, last); });
        connect(m_model, &QAbstractItemModel::dataChanged, this,
                [this](const QModelIndex &first, const QModelIndex &last) {
                    rowsChanged(first.row(), last.row());
                });
    }
    reset();
}

void TranscriptView::setNotice(const QString &text, const QString &verb)
{
    if (m_notice == text && m_noticeVerb == verb) return;
    m_notice = text;
    m_noticeVerb = verb;
    updateLayout();
}

void TranscriptView::reset()
{
    for (const auto &[row, view] : m_rows)
        m_droppedWork += view->document().workedCharacters();
    m_rows.clear();
    m_dirty.clear();
    m_heights.clear();
    closeEditor();
    m_anchor = m_head = {};
    m_current = m_hovered = -1;
    m_underMouse.reset();
    m_tokensWhenLeft = -1;
    m_sticks = true;
    if (m_model && m_model->rowCount() > 0)
        rowsInserted(0, m_model->rowCount() - 1);
    else
        updateLayout();
}

void TranscriptView::rowsInserted(int first, int last)
{
    for (int row = first; row <= last; ++row)
        m_heights.insert(row, MessageRow::guessHeight(m_model->at(row), columnWidth(), m_style));
    updateLayout();
}

void TranscriptView::rowsRemoved(int first, int)
{
    // The path is always cut off at its end.
    for (auto it = m_rows.lower_bound(first); it != m_rows.end(); it = m_rows.erase(it))
        m_droppedWork += it->second->document().workedCharacters();
    m_heights.resize(first);
    if (m_anchor.row >= first || m_head.row >= first) m_anchor = m_head = {};
    m_hovered = -1;
    if (m_current >= first) setCurrentRow(first - 1);
    if (m_edited && m_model->rowOf(m_edited) < 0) closeEditor();
    updateLayout();
}

void TranscriptView::rowsChanged(int first, int last)
{
    for (int row = first; row <= last; ++row)
        m_dirty.insert(row);
    if (!m_frameTimer.isActive()) m_frameTimer.start();
}

void TranscriptView::bringUpToDate()
{
    QElapsedTimer clock;
    clock.start();
    updateLayout();
    m_dirty.clear(); // rows far away are built anew when they come near
    m_frameTimer.setInterval(std::clamp(int(clock.elapsed()) * kCostShare, kFrameMs, kMostFrameMs));
}

qreal TranscriptView::columnWidth() const
{
    return std::max(120,
                    std::min(viewport()->width() - 2 * kMargin, kMaxTextWidth + int(MessageRow::kGutter)));
}

qreal TranscriptView::columnLeft() const
{
    const qreal text = columnWidth() - MessageRow::kGutter;
    return std::max(0.0, std::floor((viewport()->width() - text) / 2) - MessageRow::kGutter);
}

qreal TranscriptView::scrollOffset() const { return verticalScrollBar()->value(); }

void TranscriptView::recomputeTops()
{
    m_tops.resize(m_heights.size() + 1);
    qreal y = 8;
    for (int row = 0; row < m_heights.size(); ++row) {
        m_tops[row] = y;
        y += std::ceil(m_heights[row]);
    }
    m_tops.last() = y;
}

int TranscriptView::rowAt(qreal y) const
{
    const auto after = std::upper_bound(m_tops.begin(), m_tops.end(), y);
    return std::clamp(int(after - m_tops.begin()) - 1, 0, std::max(0, int(m_heights.size()) - 1));
}

void TranscriptView::syncRow(int row)
{
    const Message &message = m_model->at(row);
    auto &view = m_rows[row];
    if (!view) view = std::make_unique<MessageRow>(message.role, m_style);
    view->sync(message, m_model->siblingIndex(row), m_model->siblingCount(row), columnWidth(),
               showsThinking(message.id), m_showVoices);
    m_dirty.remove(row);
}

bool TranscriptView::layOutNear()
{
    const qreal height = viewport()->height();
    const qreal top = scrollOffset() - kNearScreens * height;
    const qreal bottom = scrollOffset() + (1 + kNearScreens) * height;
    bool changed = false;
    for (int row = rowAt(top); row < m_heights.size() && m_tops[row] < bottom; ++row) {
        if (!m_rows.contains(row) || m_dirty.contains(row)) syncRow(row);
        qreal wanted = m_rows[row]->height();
        if (m_editor && m_model->at(row).id == m_edited) wanted = m_editor->wantedHeight() + 20;
        changed = changed || wanted != m_heights[row];
        m_heights[row] = wanted;
    }
    return changed;
}

void TranscriptView::dropFarRows()
{
    const qreal height = viewport()->height();
    for (auto it = m_rows.begin(); it != m_rows.end();) {
        const qreal top = m_tops[it->first];
        const bool far = top > scrollOffset() + kFarScreens * height ||
                         top + m_heights[it->first] < scrollOffset() - kFarScreens * height;
        if (far) m_droppedWork += it->second->document().workedCharacters();
        it = far ? m_rows.erase(it) : std::next(it);
    }
}

void TranscriptView::updateLayout()
{
    if (m_isLayingOut) return;
    m_isLayingOut = true;
    const bool known = !m_tops.isEmpty() && m_tops.size() <= m_heights.size() + 1;
    const int anchor = known ? rowAt(scrollOffset()) : 0;
    const qreal offset = known && anchor < m_tops.size() ? scrollOffset() - m_tops[anchor] : 0;
    constexpr int kMostRounds = 8; // heights settle after two or three: guesses give way to truth
    for (int round = 0; round < kMostRounds; ++round) {
        recomputeTops();
        const qreal end = m_tops.last() + kBottom + (m_notice.isEmpty() ? 0 : kNoticeHeight);
        verticalScrollBar()->setPageStep(viewport()->height());
        verticalScrollBar()->setSingleStep(QFontMetrics(m_style.reading).lineSpacing() * 2);
        verticalScrollBar()->setRange(0, std::max(0, int(std::ceil(end)) - viewport()->height()));
        verticalScrollBar()->setValue(m_sticks ? verticalScrollBar()->maximum()
                                               : qRound(m_tops[anchor] + offset));
        if (!m_model || !layOutNear()) break;
    }
    dropFarRows();
    m_isLayingOut = false;
    placeEditor();
    updatePill();
    viewport()->update();
}

bool TranscriptView::isAtEnd() const
{
    constexpr int kNearEnough = 4;
    return verticalScrollBar()->value() >= verticalScrollBar()->maximum() - kNearEnough;
}

void TranscriptView::scrollToEnd()
{
    m_sticks = true;
    updateLayout();
}

void TranscriptView::updatePill()
{
    const int last = m_model ? m_model->rowCount() - 1 : -1;
    const bool away = !m_sticks && !isAtEnd() && last >= 0;
    if (!away) {
        m_tokensWhenLeft = -1;
        m_pill->hide();
        return;
    }
    const Message &message = m_model->at(last);
    if (m_tokensWhenLeft < 0 || m_tokensWhenLeft > message.meta.tokens)
        m_tokensWhenLeft = message.meta.tokens;
    const int fresh = message.status == NodeStatus::Generating || m_pill->isVisible()
                          ? message.meta.tokens - m_tokensWhenLeft
                          : 0;
    m_pill->setVisible(fresh > 0);
    m_pill->setText(tr("↓ %n new token(s)", nullptr, fresh));
    m_pill->adjustSize();
    m_pill->move((viewport()->width() - m_pill->width()) / 2, viewport()->height() - m_pill->height() - 12);
}

void TranscriptView::scrollContentsBy(int, int)
{
    if (m_isLayingOut) return;
    m_sticks = isAtEnd();
    updateLayout();
}

void TranscriptView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    if (event->size().width() != event->oldSize().width()) {
        for (const auto &[row, view] : m_rows)
            m_dirty.insert(row);
    }
    updateLayout();
}

void TranscriptView::setVoiceColors(bool on)
{
    if (on == m_showVoices) return;
    m_showVoices = on;
    for (const auto &[row, view] : m_rows)
        m_dirty.insert(row);
    updateLayout();
}

void TranscriptView::restyle()
{
    m_style = TextStyle::current(font());
    for (const auto &[row, view] : m_rows)
        m_droppedWork += view->document().workedCharacters();
    m_rows.clear(); // formats hold fonts and colours
    for (int row = 0; row < m_heights.size(); ++row)
        m_heights[row] = MessageRow::guessHeight(m_model->at(row), columnWidth(), m_style);
    updateLayout();
}

void TranscriptView::changeEvent(QEvent *event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange ||
        event->type() == QEvent::StyleChange)
        restyle();
}

void TranscriptView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), tokens().surface);
    if (!m_model) return;
    const Place from = std::min(m_anchor, m_head);
    const Place to = std::max(m_anchor, m_head);
    const qreal top = scrollOffset();
    for (int row = rowAt(top + event->rect().top()); row < m_heights.size(); ++row) {
        const qreal y = m_tops[row] - top;
        if (y > event->rect().bottom()) break;
        const auto found = m_rows.find(row);
        if (found == m_rows.end() || (m_editor && m_model->at(row).id == m_edited)) continue;
        const MessageRow &view = *found->second;
        MessageRow::State state;
        state.hovered = row == m_hovered;
        state.current = row == m_current && hasFocus();
        if (row == m_hovered) state.underMouse = m_underMouse;
        if (row >= from.row && row <= to.row && from != to) {
            state.from = row == from.row ? from.position : view.document().begin();
            state.to = row == to.row ? to.position : view.document().end();
        }
        painter.save();
        painter.translate(columnLeft(), y);
        view.paint(painter, QRectF(event->rect()).translated(-columnLeft(), -y), state);
        painter.restore();
    }
    if (!m_notice.isEmpty()) paintNotice(painter);
}

QRectF TranscriptView::noticeRect() const
{
    return {columnLeft() + MessageRow::kGutter, m_tops.last() - scrollOffset() + 4,
            columnWidth() - MessageRow::kGutter, kNoticeHeight - 8};
}

QRectF TranscriptView::noticeButton() const
{
    if (m_noticeVerb.isEmpty()) return {};
    const qreal width = QFontMetricsF(m_style.small).horizontalAdvance(m_noticeVerb) + 24;
    const QRectF rect = noticeRect();
    return {rect.right() - width - 6, rect.top() + 5, width, rect.height() - 10};
}

void TranscriptView::paintNotice(QPainter &painter)
{
    const Tokens &t = tokens();
    const QRectF rect = noticeRect();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.border, 1, Qt::DashLine));
    painter.setBrush(t.raised);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    painter.setFont(m_style.small);
    painter.setPen(t.dim);
    const QRectF button = noticeButton();
    const QRectF room = rect.adjusted(12, 0, -button.width() - 20, 0);
    painter.drawText(room, Qt::AlignVCenter | Qt::AlignLeft,
                     QFontMetricsF(m_style.small).elidedText(m_notice, Qt::ElideRight, room.width()));
    if (button.isEmpty()) return;
    painter.setPen(QPen(t.border, 1));
    painter.setBrush(t.surface);
    painter.drawRoundedRect(button.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    painter.setPen(t.text);
    painter.drawText(button, Qt::AlignCenter, m_noticeVerb);
}

qint64 TranscriptView::workedCharacters() const
{
    qint64 sum = m_droppedWork;
    for (const auto &[row, view] : m_rows)
        sum += view->document().workedCharacters();
    return sum;
}

QRect TranscriptView::rowRect(int row) const
{
    if (row < 0 || row >= m_heights.size()) return {};
    return QRectF(columnLeft(), m_tops[row] - scrollOffset(), columnWidth(), m_heights[row]).toRect();
}

} // namespace gui
