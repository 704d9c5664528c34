// Text coloured by the voice of a mix that said it.
#include "gui/mixer/mix_trace.h"
#include "gui/theme.h"
#include "gui/widgets/message_document.h"
#include "gui/widgets/message_document_part.h"

#include <QTextBlock>
#include <QTextLayout>

#include <algorithm>
#include <array>

namespace gui
{
namespace
{

/// Markup between two characters that show: a link's target is skipped by searching only so far.
constexpr qsizetype kReach = 60;
constexpr int kStrengths = 4; ///< steps of the tint

/// Finds the characters of a rendered text in its source, one after the other.
class Tracker
{
public:
    Tracker(QStringView source, qsizetype begin, qsizetype end)
        : m_source(source)
        , m_at(begin)
        , m_end(end)
    {
    }

    /// Place of the next `c`; -1: it is not written there, such as a list's number.
    qsizetype next(QChar c)
    {
        const qsizetype stop = std::min(m_end, m_at + kReach);
        for (qsizetype i = m_at; i < stop; ++i) {
            if (m_source[i] != c) continue;
            m_at = i + 1;
            return i;
        }
        return -1;
    }

private:
    const QStringView m_source;
    qsizetype m_at;
    const qsizetype m_end;
};

QTextCharFormat formatOf(int voice, int strength)
{
    const Tokens &t = tokens();
    QColor color = t.series[std::size_t(voice) % t.series.size()];
    QTextCharFormat format;
    format.setUnderlineColor(color);
    static constexpr std::array kLines = {QTextCharFormat::SingleUnderline, QTextCharFormat::DashUnderline,
                                          QTextCharFormat::DotLine,         QTextCharFormat::DashDotLine,
                                          QTextCharFormat::DashDotDotLine,  QTextCharFormat::WaveUnderline};
    format.setUnderlineStyle(kLines[std::size_t(voice) % kLines.size()]);
    color.setAlpha((t.dark ? 34 : 22) + strength * (t.dark ? 30 : 24));
    format.setBackground(color);
    return format;
}

/// What a character looks like: voice and strength in one number; -1: as usual.
int inkAt(const MixTrace &trace, qsizetype position)
{
    const int token = trace.tokenAt(int(position));
    if (token < 0) return -1;
    const int voice = trace.loudest(token);
    const float share = trace.share(token, voice);
    const float even = 1.0F / float(trace.voices);
    if (share <= 0) return -1;
    const float lead = trace.voices > 1 ? (share - even) / (1 - even) : 1;
    return voice * kStrengths + std::clamp(int(lead * kStrengths), 0, kStrengths - 1);
}

} // namespace

Qt::PenStyle MessageDocument::inkLine(int voice)
{
    static constexpr std::array kLines = {Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine,
                                          Qt::DashDotDotLine};
    return kLines[std::size_t(voice) % kLines.size()];
}

void MessageDocument::setInk(const MixTrace *trace)
{
    if (!trace && !m_hasInk) return;
    m_hasInk = trace != nullptr;
    for (const auto &part : m_parts) {
        if (part->kind == Part::Kind::Text) inkPart(*part, trace);
    }
    layOut();
}

void MessageDocument::inkPart(Part &part, const MixTrace *trace)
{
    Tracker tracker(m_splitter.text(), part.group.begin, part.group.end);
    for (QTextBlock block = part.document->firstBlock(); block.isValid(); block = block.next()) {
        QList<QTextLayout::FormatRange> ranges;
        const QString text = trace ? block.text() : QString();
        int ink = -1;
        int begin = 0;
        const auto close = [&](int end) {
            if (ink >= 0 && end > begin)
                ranges.push_back({begin, end - begin, formatOf(ink / kStrengths, ink % kStrengths)});
        };
        for (int i = 0; i < text.size(); ++i) {
            if (text[i].isSpace() || text[i] == QChar::ObjectReplacementCharacter) continue; // as before it
            const qsizetype place = tracker.next(text[i]);
            const int here = place < 0 ? -1 : inkAt(*trace, place);
            if (here == ink) continue;
            close(i);
            ink = here;
            begin = i;
        }
        close(int(text.size()));
        if (ranges == block.layout()->formats()) continue;
        block.layout()->setFormats(ranges);
        part.document->markContentsDirty(block.position(), block.length());
        part.stale = true;
    }
}

} // namespace gui
