#include "gui/widgets/message_row.h"
#include "gui/error_text.h"
#include "gui/theme.h"
#include "gui/units.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QIcon>
#include <QLocale>
#include <QPainter>

#include <cmath>

namespace gui
{
namespace
{

constexpr qreal kTop = 10;
constexpr qreal kAnswerTop = 0; ///< the line below the question is room enough
constexpr qreal kPadX = 14;
constexpr qreal kPadY = 10;
constexpr qreal kLineHeight = 28;
constexpr qreal kHeaderHeight = 28;
constexpr qreal kLegendHeight = 20;
constexpr qreal kButton = 26;
constexpr qreal kIcon = 16;
constexpr qreal kRadius = 6;

class RowTexts
{
    Q_DECLARE_TR_FUNCTIONS(MessageRow)
};

QString iconOf(MessageCommand command)
{
    switch (command) {
    case MessageCommand::Copy:
        return QStringLiteral("copy");
    case MessageCommand::Edit:
        return QStringLiteral("edit");
    case MessageCommand::Regenerate:
        return QStringLiteral("regenerate");
    case MessageCommand::Continue:
        return QStringLiteral("play");
    case MessageCommand::Fork:
        return QStringLiteral("branch");
    case MessageCommand::Delete:
        return QStringLiteral("trash");
    case MessageCommand::PreviousAlternative:
        return QStringLiteral("chevron-left");
    case MessageCommand::NextAlternative:
        return QStringLiteral("chevron-right");
    default:
        return {};
    }
}

QString tokensText(int tokens) { return RowTexts::tr("%Ln tok", nullptr, tokens); }

/// Short waits in milliseconds: "0.00 s" would say nothing.
QString firstText(double seconds)
{
    if (seconds >= 0.1) return secondsText(seconds);
    return RowTexts::tr("%1 ms").arg(QLocale().toString(seconds * 1e3, 'f', seconds < 0.01 ? 1 : 0));
}

QString endingText(const MessageMeta &meta)
{
    if (meta.ending == QLatin1String("length")) return RowTexts::tr("stopped at the token limit");
    if (meta.ending == QLatin1String("stop")) {
        QString stop = meta.stop;
        stop.replace(QLatin1Char('\n'), QStringLiteral("\\n"));
        return RowTexts::tr("stop: %1").arg(stop);
    }
    return {};
}

} // namespace

QString commandText(MessageCommand command)
{
    switch (command) {
    case MessageCommand::Copy:
        return RowTexts::tr("Copy");
    case MessageCommand::Edit:
        return RowTexts::tr("Edit");
    case MessageCommand::Regenerate:
        return RowTexts::tr("Regenerate");
    case MessageCommand::Continue:
        return RowTexts::tr("Continue");
    case MessageCommand::Fork:
        return RowTexts::tr("Fork: new chat from here");
    case MessageCommand::Delete:
        return RowTexts::tr("Delete");
    case MessageCommand::PreviousAlternative:
        return RowTexts::tr("Previous alternative");
    case MessageCommand::NextAlternative:
        return RowTexts::tr("Next alternative");
    case MessageCommand::FoldThinking:
        return RowTexts::tr("Show or hide the thinking");
    case MessageCommand::CopyThinking:
        return RowTexts::tr("Copy thinking");
    }
    return {};
}

MessageRow::MessageRow(NodeRole role, const TextStyle &style)
    : m_role(role)
    , m_style(style)
    , m_document(role == NodeRole::Assistant ? MessageDocument::Content::Markdown
                                             : MessageDocument::Content::Plain,
                 style)
{
}

QVector<MessageCommand> MessageRow::commands(const Message &message)
{
    using C = MessageCommand;
    if (message.status == NodeStatus::Generating) return {C::Copy};
    switch (message.role) {
    case NodeRole::User:
        return {C::Copy, C::Edit, C::Regenerate, C::Fork, C::Delete};
    case NodeRole::Assistant:
        return {C::Copy, C::Edit, C::Regenerate, C::Continue, C::Fork, C::Delete};
    case NodeRole::Note:
        return {C::Copy};
    }
    return {};
}

QString MessageRow::footerText(const Message &message)
{
    const MessageMeta &meta = message.meta;
    const QLocale locale;
    QStringList parts;
    if (!meta.model.isEmpty()) parts += meta.model;
    if (!meta.mix.isEmpty()) parts += RowTexts::tr("mix: %1").arg(meta.mix.mix.title());
    if (meta.tokens > 0) parts += tokensText(meta.tokens);
    if (meta.tokensPerSecond() > 0) parts += rateText(meta.tokensPerSecond());
    if (meta.firstTokenSeconds > 0) parts += RowTexts::tr("first %1").arg(firstText(meta.firstTokenSeconds));
    if (!meta.seed.isEmpty() && !meta.ending.isEmpty()) parts += RowTexts::tr("seed %1").arg(meta.seed);
    const QString ending = endingText(meta);
    if (!ending.isEmpty()) parts += ending;
    return parts.join(QStringLiteral("  ·  "));
}

QString MessageRow::thinkingText(const Message &message, bool shown)
{
    if (message.status == NodeStatus::Generating && message.isThinking) {
        const QString line = message.thinking.trimmed().section(QLatin1Char('\n'), -1).simplified();
        return shown || line.isEmpty() ? RowTexts::tr("Thinking…") : RowTexts::tr("Thinking…  %1").arg(line);
    }
    QString text = message.meta.thinkingSeconds > 0
                       ? RowTexts::tr("Thought for %1").arg(secondsText(message.meta.thinkingSeconds))
                       : RowTexts::tr("Thought");
    if (message.meta.thinkingTokens > 0)
        text += QStringLiteral(" · ") + tokensText(message.meta.thinkingTokens);
    return text;
}

void MessageRow::sync(const Message &message, int sibling, int siblings, qreal width, bool showThinking,
                      bool showVoices)
{
    m_sibling = sibling;
    m_siblings = siblings;
    m_width = width;
    m_showThinking = showThinking;
    m_thinkingHeader = message.thinking.isEmpty() ? QString() : thinkingText(message, showThinking);
    m_message = message;
    m_message.text.clear();
    m_message.thinking.clear();
    const bool isBlock = m_role != NodeRole::Assistant;
    m_document.setWidth(width - kGutter - (isBlock ? 2 * kPadX : 0));
    m_document.setThinkingVisible(showThinking);
    m_document.setThinking(message.thinking);
    m_document.setText(message.text);
    m_showVoices = showVoices && !message.meta.mix.trace.isEmpty();
    m_document.setInk(m_showVoices ? &message.meta.mix.trace : nullptr);
    layOut();
}

void MessageRow::layOut()
{
    const bool isBlock = m_role != NodeRole::Assistant;
    const qreal inner = m_width - kGutter;
    m_header = m_reading = m_bar = m_legend = {};
    qreal y = isBlock ? kTop : kAnswerTop;
    if (!m_thinkingHeader.isEmpty()) {
        m_header = QRectF(kGutter, y, inner, kHeaderHeight);
        y += kHeaderHeight + (m_showThinking ? 2 : 0);
    }
    const qreal padY = isBlock ? kPadY : 2;
    const qreal lineHeight = QFontMetricsF(m_style.reading).height();
    const bool generating = m_message.status == NodeStatus::Generating;
    const qreal least = generating || isBlock ? lineHeight : 0;
    m_block = QRectF(kGutter, y, inner, std::max(m_document.height(), least) + 2 * padY);
    m_text = QPointF(kGutter + (isBlock ? kPadX : 0), y + padY);
    y = m_block.bottom();
    if (m_message.isReading() && m_message.readTotal > 0) {
        m_reading = QRectF(kGutter, m_block.top(), inner, 34);
        y = std::max(y, m_reading.bottom());
    }
    if (m_message.status == NodeStatus::Stopped || m_message.status == NodeStatus::Failed) {
        m_bar = QRectF(kGutter, y + 4, inner, m_message.status == NodeStatus::Failed ? 40 : 30);
        y = m_bar.bottom();
    }
    if (m_showVoices) {
        m_legend = QRectF(kGutter, y + 4, inner, kLegendHeight);
        y = m_legend.bottom();
    }
    m_line = QRectF(kGutter, y, inner, kLineHeight);
    m_height = m_line.bottom() + 2;

    m_buttons.clear();
    if (m_siblings > 1) {
        m_buttons.push_back({QRectF(kGutter - 4, y + 2, 22, 24), MessageCommand::PreviousAlternative});
        const qreal number = QFontMetricsF(m_style.small)
                                 .horizontalAdvance(QStringLiteral("%1/%2").arg(m_siblings).arg(m_siblings)) +
                             8;
        m_buttons.push_back({QRectF(kGutter + 18 + number, y + 2, 22, 24), MessageCommand::NextAlternative});
    }
    const QVector<MessageCommand> all = commands(m_message);
    qreal x = m_width - kButton * qreal(all.size());
    for (const MessageCommand command : all) {
        m_buttons.push_back({QRectF(x, y + 1, kButton, kButton), command});
        x += kButton;
    }
    if (!m_header.isEmpty()) m_buttons.push_back({m_header, MessageCommand::FoldThinking});
    if (!m_bar.isEmpty()) {
        const MessageCommand remedy =
            m_message.status == NodeStatus::Stopped ? MessageCommand::Continue : MessageCommand::Regenerate;
        const QString text =
            remedy == MessageCommand::Continue ? RowTexts::tr("Continue") : RowTexts::tr("Try again");
        const qreal width = QFontMetricsF(m_style.small).horizontalAdvance(text) + 24;
        const QRectF bar = m_bar.adjusted(0, 4, -6, -4);
        m_buttons.push_back({QRectF(bar.right() - width, bar.top(), width, bar.height()), remedy, true});
    }
}

void MessageRow::paintReading(QPainter &painter) const
{
    const Tokens &t = tokens();
    const QLocale locale;
    painter.setFont(m_style.small);
    painter.setPen(t.dim);
    const QString text =
        RowTexts::tr("Reading %1 of %2 tokens")
            .arg(locale.toString(m_message.readTokens), locale.toString(m_message.readTotal));
    painter.drawText(m_reading.adjusted(0, 0, 0, -8), Qt::AlignVCenter | Qt::AlignLeft, text);
    const QRectF track(m_reading.left(), m_reading.bottom() - 6, std::min(320.0, m_reading.width()), 3);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.border);
    painter.drawRoundedRect(track, 1.5, 1.5);
    QRectF done = track;
    done.setWidth(track.width() * m_message.readTokens / std::max(1, m_message.readTotal));
    painter.setBrush(t.accent);
    painter.drawRoundedRect(done, 1.5, 1.5);
}

void MessageRow::paintBar(QPainter &painter) const
{
    const Tokens &t = tokens();
    const bool failed = m_message.status == NodeStatus::Failed;
    painter.setPen(QPen(failed ? t.bad : t.border, 1));
    painter.setBrush(t.raised);
    painter.drawRoundedRect(m_bar.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
    const QRectF place(m_bar.left() + 10, m_bar.center().y() - kIcon / 2, kIcon, kIcon);
    icon(failed ? QStringLiteral("error") : QStringLiteral("stop")).paint(&painter, place.toRect());
    QString text = RowTexts::tr("Stopped");
    if (failed) {
        const ErrorText error = errorText(
            engine::Error(engine::ErrorCode(m_message.meta.errorCode), m_message.meta.error.toStdString()));
        text = error.sentence + QLatin1Char(' ') + error.advice;
    }
    painter.setFont(m_style.small);
    painter.setPen(failed ? t.bad : t.dim);
    const QRectF room = m_bar.adjusted(34, 0, -(m_buttons.last().rect.width() + 16), 0);
    painter.drawText(room, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextWordWrap, text.trimmed());
}

void MessageRow::paintLegend(QPainter &painter) const
{
    const Tokens &t = tokens();
    const MessageMix &mix = m_message.meta.mix;
    const QVector<float> shares = mix.trace.meanShares(0, mix.trace.tokens());
    const QFontMetricsF metrics(m_style.small);
    painter.setFont(m_style.small);
    qreal x = m_legend.left();
    for (int voice = 0; voice < mix.mix.voices.size() && voice < shares.size(); ++voice) {
        const QString text =
            RowTexts::tr("%1 %2 %").arg(mix.mix.voices[voice].name).arg(std::lround(shares[voice] * 100));
        const qreal width = metrics.horizontalAdvance(text);
        if (x + 14 + width > m_legend.right()) break;
        const QColor color = t.series[std::size_t(voice) % t.series.size()];
        const QRectF swatch(x, m_legend.center().y() - 5, 10, 10);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawRoundedRect(swatch, 2, 2);
        painter.setPen(t.dim);
        painter.drawText(QRectF(x + 15, m_legend.top(), width + 2, m_legend.height()), Qt::AlignVCenter,
                         text);
        QPen line(color, 1.5, MessageDocument::inkLine(voice));
        painter.setPen(line);
        painter.drawLine(QPointF(x + 15, m_legend.bottom() - 1),
                         QPointF(x + 15 + width, m_legend.bottom() - 1));
        x += width + 34;
    }
}

void MessageRow::paintThinkingHeader(QPainter &painter, const State &state) const
{
    const Tokens &t = tokens();
    if (state.underMouse == MessageCommand::FoldThinking) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.raised);
        painter.drawRoundedRect(m_header.adjusted(-4, 1, 0, -1), kRadius, kRadius);
    }
    const qreal middle = m_header.center().y();
    const QRectF arrow(m_header.left(), middle - 7, 14, 14);
    icon(m_showThinking ? QStringLiteral("chevron-down") : QStringLiteral("chevron-right"))
        .paint(&painter, arrow.toRect());
    icon(QStringLiteral("thinking"))
        .paint(&painter, QRectF(m_header.left() + 18, middle - 8, 16, 16).toRect());
    painter.setFont(m_style.small);
    painter.setPen(t.dim);
    const QRectF room = m_header.adjusted(42, 0, 0, 0);
    const QString text =
        QFontMetricsF(m_style.small).elidedText(m_thinkingHeader, Qt::ElideRight, room.width());
    painter.drawText(room, Qt::AlignVCenter | Qt::AlignLeft, text);
}

void MessageRow::paintLine(QPainter &painter, const State &state) const
{
    const Tokens &t = tokens();
    const bool showsCommands = state.hovered || state.current;
    qreal left = m_line.left();
    qreal right = m_line.right();
    painter.setFont(m_style.small);
    for (const Button &button : m_buttons) {
        if (button.command == MessageCommand::FoldThinking) continue;
        const bool isBranch = button.command == MessageCommand::PreviousAlternative ||
                              button.command == MessageCommand::NextAlternative;
        if (!isBranch && !button.isText && !showsCommands) continue;
        const bool atEnd = (button.command == MessageCommand::PreviousAlternative && m_sibling == 0) ||
                           (button.command == MessageCommand::NextAlternative && m_sibling == m_siblings - 1);
        if (state.underMouse == button.command && !button.isText && !atEnd) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.raised);
            painter.drawRoundedRect(button.rect.adjusted(1, 1, -1, -1), kRadius, kRadius);
        }
        if (button.isText) {
            painter.setPen(QPen(t.border, 1));
            painter.setBrush(state.underMouse == button.command ? t.raised : t.surface);
            painter.drawRoundedRect(button.rect.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
            painter.setPen(t.text);
            painter.drawText(button.rect, Qt::AlignCenter,
                             button.command == MessageCommand::Continue ? RowTexts::tr("Continue")
                                                                        : RowTexts::tr("Try again"));
            continue;
        }
        const QRectF place(button.rect.center() - QPointF(kIcon, kIcon) / 2, QSizeF(kIcon, kIcon));
        icon(iconOf(button.command))
            .paint(&painter, place.toRect(), Qt::AlignCenter, atEnd ? QIcon::Disabled : QIcon::Normal);
        if (isBranch)
            left = std::max(left, button.rect.right() + 6);
        else
            right = std::min(right, button.rect.left() - 8);
    }
    if (m_siblings > 1) {
        painter.setPen(t.dim);
        const QRectF room(kGutter + 18, m_line.top(), left - 28 - kGutter - 18, m_line.height());
        painter.drawText(room, Qt::AlignCenter, QStringLiteral("%1/%2").arg(m_sibling + 1).arg(m_siblings));
    }
    painter.setPen(t.dim);
    const QString text =
        QFontMetricsF(m_style.small).elidedText(footerText(m_message), Qt::ElideRight, right - left);
    painter.drawText(QRectF(left, m_line.top(), right - left, m_line.height()),
                     Qt::AlignVCenter | Qt::AlignLeft, text);
}

void MessageRow::paint(QPainter &painter, const QRectF &clip, const State &state) const
{
    const Tokens &t = tokens();
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_role == NodeRole::User) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.userTint);
        painter.drawRoundedRect(m_block, kRadius, kRadius);
    } else if (m_role == NodeRole::Note) {
        painter.setPen(QPen(t.strongBorder, 1, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(m_block.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
    }
    if (state.current) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.accent);
        painter.drawRoundedRect(QRectF(kGutter - 12, m_block.top() + 2, 3, m_block.height() - 4), 1.5, 1.5);
    }
    if (!m_header.isEmpty()) paintThinkingHeader(painter, state);
    if (!m_reading.isEmpty()) paintReading(painter);
    painter.save();
    painter.translate(m_text);
    m_document.paint(painter, clip.translated(-m_text), state.from, state.to);
    if (m_message.status == NodeStatus::Generating && m_reading.isEmpty())
        painter.fillRect(m_document.caretRect(), t.accent);
    painter.restore();
    if (!m_bar.isEmpty()) paintBar(painter);
    if (!m_legend.isEmpty()) paintLegend(painter);
    paintLine(painter, state);
}

RowHit MessageRow::hit(QPointF point) const
{
    RowHit result;
    for (const Button &button : m_buttons) {
        if (button.rect.contains(point)) result.command = button.command;
    }
    if (result.command) return result;
    result.inText = m_block.contains(point);
    result.document = m_document.hit(point - m_text);
    return result;
}

TextPosition MessageRow::positionAt(QPointF point) const
{
    if (point.y() < m_block.top()) return m_document.begin();
    if (point.y() > m_block.bottom()) return m_document.end();
    return m_document.hit(point - m_text).position;
}

qreal MessageRow::guessHeight(const Message &message, qreal width, const TextStyle &style)
{
    const QFontMetricsF metrics(style.reading);
    const qreal perLine = std::max(10.0, width / metrics.averageCharWidth());
    const auto lines =
        qreal(message.text.count(QLatin1Char('\n'))) + std::ceil(double(message.text.size()) / perLine);
    return kTop + std::max(1.0, lines) * metrics.height() * 1.3 + 2 * kPadY + kLineHeight;
}

} // namespace gui
