#include "gui/widgets/adapter_text.h"
#include "gui/library.h"

#include <QLocale>
#include <QStringList>

namespace gui
{

QString adaptersText(const std::vector<engine::AdapterUse> &adapters, const Library &library)
{
    QStringList names;
    for (const engine::AdapterUse &use : adapters) {
        QString name = library.nameOf(QString::fromStdString(use.path));
        if (use.scale != 1) name += QStringLiteral(" × ") + QLocale().toString(double(use.scale), 'g', 3);
        names << name;
    }
    return names.join(QStringLiteral(", "));
}

} // namespace gui
