#include "gui/widgets/fix_list.h"
#include "gui/units.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace gui
{
namespace
{

class FixTexts
{
    Q_DECLARE_TR_FUNCTIONS(FixTexts)
};

QString textOf(const engine::MemoryFix &fix)
{
    const QString bytes = bytesText(fix.bytes);
    switch (fix.kind) {
    case engine::MemoryFix::Kind::FewerSlots:
        return FixTexts::tr("Use %n slots: saves %1", nullptr, fix.slots).arg(bytes);
    case engine::MemoryFix::Kind::SmallerWeights:
        return FixTexts::tr("Use “%1”: saves %2").arg(QString::fromStdString(fix.strategy), bytes);
    case engine::MemoryFix::Kind::FreeMemory:
        break;
    }
    return FixTexts::tr("Close other programs that hold %1, or choose a smaller model.").arg(bytes);
}

} // namespace

FixList::FixList(QWidget *parent)
    : QWidget(parent)
    , m_column(new QVBoxLayout(this))
{
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(4);
    hide();
}

void FixList::setFixes(const std::vector<engine::MemoryFix> &fixes)
{
    while (QLayoutItem *item = m_column->takeAt(0)) {
        item->widget()->hide();
        item->widget()->deleteLater(); // it may be the button that was just pressed
        delete item;
    }
    for (std::size_t i = 0; i < fixes.size(); ++i) {
        const engine::MemoryFix &fix = fixes[i];
        if (fix.kind == engine::MemoryFix::Kind::FreeMemory) {
            auto *line = new QLabel(textOf(fix), this);
            line->setProperty("dim", true);
            line->setWordWrap(true);
            line->setTextFormat(Qt::PlainText);
            m_column->addWidget(line);
            continue;
        }
        auto *button = new QPushButton(textOf(fix), this);
        button->setObjectName(QStringLiteral("models.load.fix.%1").arg(i + 1));
        button->setToolTip(tr("Changes the choice above; the forecast follows."));
        connect(button, &QPushButton::clicked, this, [this, fix] { Q_EMIT chosen(fix); });
        m_column->addWidget(button, 0, Qt::AlignLeft);
    }
    setVisible(!fixes.empty());
}

} // namespace gui
