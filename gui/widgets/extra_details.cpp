#include "gui/widgets/extra_details.h"
#include "gui/folders.h"
#include "gui/units.h"
#include "gui/widgets/table_style.h"

#include <QEvent>
#include <QLabel>
#include <QStyle>
#include <QVBoxLayout>

namespace gui
{
namespace
{

constexpr int kSpacing = 10;

QVBoxLayout *innerColumn()
{
    auto *column = new QVBoxLayout;
    column->setSpacing(kSpacing);
    return column;
}

} // namespace

ExtraDetails::ExtraDetails(const QString &name, QWidget *parent)
    : QFrame(parent)
    , m_prefix(name)
    , m_name(addLine("name"))
    , m_about(addLine("about"))
    , m_match(addLine("match"))
    , m_facts(addLine("facts"))
    , m_actions(innerColumn())
    , m_below(innerColumn())
{
    setProperty("card", true);
    m_name->setProperty("heading", true);
    m_facts->setTextFormat(Qt::RichText);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 14, 16, 14);
    column->setSpacing(kSpacing);
    column->addWidget(m_name);
    column->addWidget(m_about);
    column->addWidget(m_match);
    column->addLayout(m_actions);
    column->addWidget(m_facts);
    column->addLayout(m_below);
    column->addStretch(1);
}

QLabel *ExtraDetails::addLine(const char *part)
{
    auto *label = new QLabel(this);
    label->setObjectName(m_prefix + QLatin1Char('.') + QLatin1String(part));
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    return label;
}

void ExtraDetails::show(const ExtraEntry &entry, const QString &withoutModel, const QString &facts)
{
    m_name->setText(QString::fromStdString(entry.file.name));
    m_about->setText(QString::fromStdString(entry.file.about));
    m_about->setVisible(!entry.file.about.empty());
    QString match = entry.match == Match::NoModel ? withoutModel : matchText(entry.match);
    if (entry.match != Match::NoModel && !entry.problem.isEmpty())
        match += QStringLiteral(": ") + entry.problem;
    if (entry.adapter)
        for (const std::string &warning : entry.adapter->warnings)
            match += QLatin1Char('\n') + QString::fromStdString(warning);
    m_match->setText(match);
    m_match->setProperty("good", entry.match == Match::Fits);
    m_match->setProperty("bad", entry.match == Match::Unreadable);
    m_match->setProperty("dim", entry.match != Match::Fits && entry.match != Match::Unreadable);
    m_match->style()->unpolish(m_match);
    m_match->style()->polish(m_match);
    m_facts->setText(QStringLiteral("<table cellspacing='0'>") + facts +
                     factRow(tr("File size"), bytesText(entry.file.fileBytes)) +
                     factRow(tr("File"), entry.file.isDemo
                                             ? tr("comes with Rookery")
                                             : shortPath(QString::fromStdString(entry.file.path))) +
                     QStringLiteral("</table>"));
    m_match->show();
    m_facts->show();
}

void ExtraDetails::showNothing(const QString &hint)
{
    m_name->setText(hint);
    for (QLabel *label : {m_about, m_match, m_facts})
        label->hide();
}

void ExtraDetails::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) Q_EMIT paletteChanged();
}

} // namespace gui
