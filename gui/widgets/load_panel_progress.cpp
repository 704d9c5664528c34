// How far a load is, as the load panel shows it.
#include "gui/units.h"
#include "gui/widgets/load_panel.h"

#include <QLabel>
#include <QProgressBar>

namespace gui
{
namespace
{
constexpr qint64 kStalledAfterMs = 3000;
}

void LoadPanel::showProgress(const QString &modelName, const ModelSession::Progress &progress)
{
    setBusy(true);
    const double fraction = progress.fraction();
    if (fraction != m_lastFraction) {
        m_lastFraction = fraction;
        m_sinceProgress.start();
    }
    m_phase->setText(
        tr("%1: %2 …", "model name: phase of loading").arg(modelName, phaseText(progress.phase)));
    m_progress->setValue(int(fraction * m_progress->maximum()));
    m_progressDetail.clear();
    if (progress.phase == engine::LoadPhase::ReadingWeights && progress.total > 0) {
        m_progressDetail = bytesOfText(progress.done, progress.total);
        if (progress.seconds > 0.2)
            m_progressDetail += QStringLiteral(" · ") +
                                tr("%1/s", "bytes per second")
                                    .arg(bytesText(std::uint64_t(double(progress.done) / progress.seconds)));
    }
    updateStalled();
}

void LoadPanel::updateStalled()
{
    QString text = m_progressDetail;
    if (m_sinceProgress.elapsed() > kStalledAfterMs) {
        const QString stalled = tr("no progress for %n s", nullptr, int(m_sinceProgress.elapsed() / 1000));
        text = text.isEmpty() ? stalled : text + QStringLiteral(" · ") + stalled;
    }
    m_phaseDetail->setText(text);
}

} // namespace gui
